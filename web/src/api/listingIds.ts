import { Problem } from "./problem";

/** The id of a listing that stands in an address; what can be none is answered as the API does where there is none. */
export function listingIdIn(text: string): number {
  const id = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(id)) throw new Problem(404, "listing-not-found", `${text} is no id of a listing`);
  return id;
}
