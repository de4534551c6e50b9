import type { AccessMessages } from "./en";

export const messages: AccessMessages = {
  with: (host) => `Aanmelden bij ${host}`,
  coming: (host) => `Naar ${host}…`,
  byKey: "Of met een sleutel",
  anybody: "Zonder u aan te melden mag u:",
  nothing: "Zonder u aan te melden mag u hier niets doen.",
  unreachable: (host) => `${host} is niet bereikbaar. Probeer het zo nog eens, of meld u aan met een sleutel.`,
  failedTitle: "U bent niet aangemeld",
  failed: "Het aanmelden werd afgebroken, duurde te lang, of begon niet in dit venster.",
  refused:
    "Het aanmelden is daar gelukt, maar de API heeft het niet aanvaard. Probeer het later nog eens, of vraag het aan de beheerder van deze site.",
  unanswered:
    "Het aanmelden is daar gelukt, maar de server van deze site is niet bereikbaar. Meld u zo dadelijk opnieuw aan.",
  restart: "Opnieuw aanmelden",
  againTitle: "U bent weer aangemeld",
  again: "Het venster waarin uw aanmelding was verlopen, gaat verder. Dit venster kunt u sluiten.",
};
