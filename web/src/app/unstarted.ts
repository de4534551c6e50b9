import { type Language, languageHere } from "../i18n/languages";
import styles from "./Layout.module.css";

/** Here, and not among the messages of the languages: those may be what could not be loaded. */
const SENTENCES: Record<Language, string> = {
  en: "This page could not be started. See that you are online, and reload it.",
  fr: "Cette page n’a pas pu démarrer. Vérifiez votre connexion, puis rechargez la page.",
  de: "Diese Seite konnte nicht gestartet werden. Prüfen Sie Ihre Verbindung und laden Sie die Seite neu.",
  nl: "Deze pagina kon niet worden gestart. Controleer uw verbinding en laad de pagina opnieuw.",
};

/** Says what to do, where the page would have been: what the server has put there would wait forever. */
export function tellUnstarted(place: HTMLElement): void {
  const language = languageHere();
  const told = document.createElement("p");
  told.lang = language;
  told.setAttribute("role", "alert");
  told.textContent = SENTENCES[language];
  const main = document.createElement("main");
  main.className = styles.main ?? "";
  main.append(told);
  place.replaceChildren(main);
}
