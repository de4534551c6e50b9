import { catalogueOf } from "../i18n/catalogue";

export type { ReviewMessages } from "./messages/en";

/** What the page of reviews says. */
export const useReviewMessages = catalogueOf({
  en: () => import("./messages/en"),
  fr: () => import("./messages/fr"),
  de: () => import("./messages/de"),
  nl: () => import("./messages/nl"),
});
