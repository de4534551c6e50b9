import { catalogueOf } from "../i18n/catalogue";

export type { PriceMessages } from "./messages/en";

/** What the pages of prices say. */
export const usePriceMessages = catalogueOf({
  en: () => import("./messages/en"),
  fr: () => import("./messages/fr"),
  de: () => import("./messages/de"),
  nl: () => import("./messages/nl"),
});
