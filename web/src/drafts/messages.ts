/** What is said of unsaved work, in each language. */
import { catalogueOf } from "../i18n/catalogue";

interface DraftMessages {
  restored: (date: string) => string;
  discard: string;
  discarded: string;
  leave: Record<"title" | "kept" | "lost" | "stay" | "go", string>;
}

const said = (messages: DraftMessages) => () => Promise.resolve({ messages });

export const useDraftMessages = catalogueOf<DraftMessages>({
  en: said({
    restored: (date) => `These are your unsaved changes of ${date}.`,
    discard: "Throw them away",
    discarded: "Your unsaved changes are gone.",
    leave: {
      title: "Leave this page?",
      kept: "Your changes are not saved. They are kept in this browser, and are here when you come back.",
      lost: "Your changes are not saved. An address that may have a secret in it is not kept in this browser: you will have to write it again.",
      stay: "Stay",
      go: "Leave",
    },
  }),
  fr: said({
    restored: (date) => `Voici vos modifications non enregistrées du ${date}.`,
    discard: "Les abandonner",
    discarded: "Vos modifications non enregistrées sont abandonnées.",
    leave: {
      title: "Quitter cette page ?",
      kept: "Vos modifications ne sont pas enregistrées. Elles sont conservées dans ce navigateur : vous les retrouverez en revenant.",
      lost: "Vos modifications ne sont pas enregistrées. Une adresse qui peut contenir un secret n’est pas conservée dans ce navigateur : vous devrez la saisir à nouveau.",
      stay: "Rester",
      go: "Quitter",
    },
  }),
  de: said({
    restored: (date) => `Das sind Ihre nicht gespeicherten Änderungen vom ${date}.`,
    discard: "Verwerfen",
    discarded: "Ihre nicht gespeicherten Änderungen sind verworfen.",
    leave: {
      title: "Diese Seite verlassen?",
      kept: "Ihre Änderungen sind nicht gespeichert. Sie bleiben in diesem Browser und sind hier, wenn Sie zurückkommen.",
      lost: "Ihre Änderungen sind nicht gespeichert. Eine Adresse, die ein Geheimnis enthalten kann, bleibt nicht in diesem Browser: Sie müssten sie noch einmal eingeben.",
      stay: "Bleiben",
      go: "Verlassen",
    },
  }),
  nl: said({
    restored: (date) => `Dit zijn uw niet opgeslagen wijzigingen van ${date}.`,
    discard: "Weggooien",
    discarded: "Uw niet opgeslagen wijzigingen zijn weg.",
    leave: {
      title: "Deze pagina verlaten?",
      kept: "Uw wijzigingen zijn niet opgeslagen. Ze blijven in deze browser en zijn hier als u terugkomt.",
      lost: "Uw wijzigingen zijn niet opgeslagen. Een adres waar een geheim in kan staan, blijft niet in deze browser: u moet het dan opnieuw invullen.",
      stay: "Blijven",
      go: "Verlaten",
    },
  }),
});
