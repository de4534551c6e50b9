import { catalogueOf } from "../i18n/catalogue";

export type { WebhookMessages } from "./messages/en";

/** What the pages of webhooks say. */
export const useWebhookMessages = catalogueOf({
  en: () => import("./messages/en"),
  fr: () => import("./messages/fr"),
  de: () => import("./messages/de"),
  nl: () => import("./messages/nl"),
});
