import { createContext, use } from "react";

/** Has a screen reader say something, when it has finished what it is saying. */
export const AnnounceContext = createContext<(text: string) => void>(() => undefined);

export function useAnnounce(): (text: string) => void {
  return use(AnnounceContext);
}
