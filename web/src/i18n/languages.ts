import { inBrowser } from "../api/storage";
import type { Messages } from "./en";

export const LANGUAGES = { en: "English", fr: "Français", de: "Deutsch", nl: "Nederlands" } as const;
export type Language = keyof typeof LANGUAGES;

const SETTING = "language";
/** `en-GB`, `de-Latn-CH`; not `en-US@posix`, which some browsers say and `Intl` refuses. */
const WITH_REGION = /^([a-z]{2})(?:-[A-Z][a-z]{3})?-(?:[A-Z]{2}|\d{3})$/;
const CATALOGUES: Record<Language, () => Promise<{ messages: Messages }>> = {
  en: () => import("./en"),
  fr: () => import("./fr"),
  de: () => import("./de"),
  nl: () => import("./nl"),
};

/** The language that was chosen here, or else the first of the browser's (what it sends as Accept-Language). */
export function preferredLanguage(chosen: string | null, accepted: readonly string[]): Language {
  const known = [chosen ?? "", ...accepted].map((tag) => tag.toLowerCase().split("-")[0]).find(isLanguage);
  return known ?? "en";
}

/** The same of this browser. */
export function languageHere(): Language {
  return preferredLanguage(inBrowser.get(SETTING), navigator.languages);
}

/** What `Intl` is told to write dates by: a language, as it is written where the browser says that its reader is. */
export function localeOf(language: Language, accepted: readonly string[]): string {
  return accepted.find((tag) => WITH_REGION.exec(tag)?.[1] === language) ?? language;
}

/** The same of this browser. */
export function localeHere(language: Language): string {
  return localeOf(language, navigator.languages);
}

export function keepLanguage(language: Language): void {
  inBrowser.set(SETTING, language);
}

export async function messagesIn(language: Language): Promise<Messages> {
  return (await CATALOGUES[language]()).messages;
}

export function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(LANGUAGES, tag);
}
