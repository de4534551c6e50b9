import { signedInAccount } from "./session";
import { inBrowser } from "./storage";

/** What this browser keeps for one account, whose keys and people may change, or for those who are not signed in. */
export class Belongings {
  readonly #owner: string;

  constructor(account: number | null) {
    this.#owner = account === null ? "" : `account ${account} `;
  }

  get(place: string): unknown {
    try {
      return JSON.parse(inBrowser.get(this.#owner + place) ?? "null");
    } catch {
      return null;
    }
  }

  set(place: string, what: unknown): void {
    inBrowser.set(this.#owner + place, JSON.stringify(what));
  }

  remove(place: string): void {
    inBrowser.remove(this.#owner + place);
  }
}

/** Those of whoever is here now; they stay theirs when somebody else signs in meanwhile. */
export function belongings(): Belongings {
  return new Belongings(signedInAccount());
}
