import { catalogueOf } from "../i18n/catalogue";

export type { AccountMessages } from "./messages/en";

/** What the pages of accounts say. */
export const useAccountMessages = catalogueOf({
  en: () => import("./messages/en"),
  fr: () => import("./messages/fr"),
  de: () => import("./messages/de"),
  nl: () => import("./messages/nl"),
});
