import { type ReactNode, useEffect, useMemo, useState } from "react";

import { type Spoken, SpokenContext } from "./context";
import type { Messages } from "./en";
import { formatsOf } from "./formats";
import { keepLanguage, type Language, localeHere, messagesIn } from "./languages";

interface Props {
  language: Language;
  messages: Messages;
  children: ReactNode;
}

/** Speaks one language from the start, and another one as soon as its messages are there. */
export function LanguageProvider({ language, messages, children }: Props) {
  const [now, setNow] = useState({ language, m: messages });

  useEffect(() => {
    document.documentElement.lang = now.language;
  }, [now.language]);

  const spoken = useMemo<Spoken>(() => {
    const speak = async (chosen: Language) => {
      const m = await messagesIn(chosen);
      keepLanguage(chosen);
      setNow({ language: chosen, m });
    };
    const locale = localeHere(now.language);
    return { ...now, locale, f: formatsOf(now.language, locale), speak };
  }, [now]);
  return <SpokenContext value={spoken}>{children}</SpokenContext>;
}
