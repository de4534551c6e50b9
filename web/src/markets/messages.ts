import { catalogueOf } from "../i18n/catalogue";

export type { MarketMessages } from "./messages/en";

/** What the pages of markets say. */
export const useMarketMessages = catalogueOf({
  en: () => import("./messages/en"),
  fr: () => import("./messages/fr"),
  de: () => import("./messages/de"),
  nl: () => import("./messages/nl"),
});
