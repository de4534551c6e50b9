import { catalogueOf } from "../i18n/catalogue";

/** What is said when somebody signs in by an identity provider. */
export const useAccessMessages = catalogueOf({
  en: () => import("./messages/en"),
  fr: () => import("./messages/fr"),
  de: () => import("./messages/de"),
  nl: () => import("./messages/nl"),
});
