import { createContext, use } from "react";

import type { Messages } from "./en";
import type { Formats } from "./formats";
import type { Language } from "./languages";

export interface Spoken {
  language: Language;
  /** The language as dates are written where the reader is, such as `en-GB`. */
  locale: string;
  /** All messages in the language. */
  m: Messages;
  /** How numbers, amounts and times are written in it. */
  f: Formats;
  speak: (language: Language) => Promise<void>;
}

export const SpokenContext = createContext<Spoken | null>(null);

/** The language of the page: its messages and its formats. */
export function useLanguage(): Spoken {
  const spoken = use(SpokenContext);
  if (!spoken) throw new Error("there is no <LanguageProvider> around this");
  return spoken;
}
