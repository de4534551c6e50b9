import { catalogueOf } from "../i18n/catalogue";

export type { WritingMessages } from "./messages/en";

/** What the pages of those who write say. */
export const useWritingMessages = catalogueOf({
  en: () => import("./messages/en"),
  fr: () => import("./messages/fr"),
  de: () => import("./messages/de"),
  nl: () => import("./messages/nl"),
});
