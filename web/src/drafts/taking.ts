import { matchPath } from "react-router";

import { Belongings } from "../api/belongings";
import { moveDraft } from "./drafts";

/** The forms of each page by the names that their drafts have. */
const FORMS: Readonly<Record<string, (id: string) => readonly string[]>> = {
  "/new": () => ["new"],
  "/:id/edit": (id) => [id, `${id} relist`],
  "/:id/price": (id) => [`${id} price`],
  "/:id/corrections": (id) => [`${id} correction`],
  "/agents/accounts": () => ["account"],
  "/agents/accounts/:id": (id) => [`key of ${id}`],
  "/agents/webhooks": () => ["webhook"],
};

/** Who signs in from a page finds there what they wrote before, unless their account has a draft of its own. */
export function takeDraftsAlong(account: number, address: string): void {
  const { pathname } = new URL(address, location.origin);
  for (const [page, forms] of Object.entries(FORMS)) {
    const found = matchPath(page, pathname);
    for (const form of found ? forms(found.params["id"] ?? "") : []) {
      moveDraft(new Belongings(null), new Belongings(account), form);
    }
  }
}
