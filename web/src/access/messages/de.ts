import type { AccessMessages } from "./en";

export const messages: AccessMessages = {
  with: (host) => `Bei ${host} anmelden`,
  coming: (host) => `Weiter zu ${host}…`,
  byKey: "Oder mit einem Schlüssel",
  anybody: "Ohne Anmeldung dürfen Sie:",
  nothing: "Ohne Anmeldung dürfen Sie hier nichts tun.",
  unreachable: (host) =>
    `${host} ist nicht zu erreichen. Versuchen Sie es gleich noch einmal, oder nehmen Sie einen Schlüssel.`,
  failedTitle: "Sie sind nicht angemeldet",
  failed: "Die Anmeldung wurde abgebrochen, hat zu lange gedauert oder nicht in diesem Fenster begonnen.",
  refused:
    "Die Anmeldung dort ist gelungen, aber die API hat sie nicht angenommen. Versuchen Sie es später noch einmal, oder fragen Sie den Betreiber dieser Seite.",
  unanswered:
    "Die Anmeldung dort ist gelungen, aber der Server dieser Seite ist nicht zu erreichen. Melden Sie sich gleich noch einmal an.",
  restart: "Noch einmal anmelden",
  againTitle: "Sie sind wieder angemeldet",
  again: "In dem Fenster, in dem Ihre Anmeldung abgelaufen war, geht es weiter. Dieses können Sie schließen.",
};
