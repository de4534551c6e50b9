import { use } from "react";

import { useLanguage } from "./context";
import type { Language } from "./languages";

type Loaders<M> = Record<Language, () => Promise<{ messages: M }>>;

/**
 * Makes the hook by which the pages of a feature have messages of their own, which are loaded with them.
 *
 * A page waits for them as it does for its code; `messages` of English are the type of all.
 */
export function catalogueOf<M>(loaders: Loaders<M>): () => M {
  const loaded = new Map<Language, Promise<M>>();
  return function useMessages() {
    const { language } = useLanguage();
    const messages = loaded.get(language) ?? loaders[language]().then((module) => module.messages);
    loaded.set(language, messages);
    return use(messages);
  };
}
