/** What rights are called, in each language. */
import type { Scope } from "../api/access";
import { catalogueOf } from "../i18n/catalogue";

type Names = Record<Scope, string>;

const named = (messages: Names) => () => Promise.resolve({ messages });

export const useScopeNames = catalogueOf<Names>({
  en: named({
    "listings:read": "Read homes and prices",
    "listings:write": "List and change homes",
    "prices:write": "Change prices",
    "prices:correct": "Correct prices",
    "rules:write": "Change pricing rules",
    "events:read": "Read events",
    "webhooks:write": "Change webhooks",
    "accounts:admin": "Manage accounts",
  }),
  fr: named({
    "listings:read": "Lire les logements et les prix",
    "listings:write": "Mettre en vente et modifier",
    "prices:write": "Changer les prix",
    "prices:correct": "Corriger les prix",
    "rules:write": "Changer les règles de prix",
    "events:read": "Lire les événements",
    "webhooks:write": "Changer les webhooks",
    "accounts:admin": "Gérer les comptes",
  }),
  de: named({
    "listings:read": "Immobilien und Preise lesen",
    "listings:write": "Immobilien anbieten und ändern",
    "prices:write": "Preise ändern",
    "prices:correct": "Preise berichtigen",
    "rules:write": "Preisregeln ändern",
    "events:read": "Ereignisse lesen",
    "webhooks:write": "Webhooks ändern",
    "accounts:admin": "Konten verwalten",
  }),
  nl: named({
    "listings:read": "Woningen en prijzen lezen",
    "listings:write": "Woningen te koop zetten en wijzigen",
    "prices:write": "Prijzen wijzigen",
    "prices:correct": "Prijzen corrigeren",
    "rules:write": "Prijsregels wijzigen",
    "events:read": "Gebeurtenissen lezen",
    "webhooks:write": "Webhooks wijzigen",
    "accounts:admin": "Accounts beheren",
  }),
});
