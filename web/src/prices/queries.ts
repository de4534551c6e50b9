import { type QueryClient, queryOptions } from "@tanstack/react-query";

import { type Access, accessQuery } from "../api/access";
import { answered, api, nextCursor, type Schemas } from "../api/client";
import { listingIdIn } from "../api/listingIds";
import { Problem } from "../api/problem";
import { servedData } from "../api/served";
import type { Entry, Scheduled } from "./story";

/** All that is known of the price of a listing. */
export interface Prices {
  listing: Schemas["Listing"];
  /** The listing's ETag; all else is at least as new. */
  etag: string;
  summary: Schemas["PriceSummary"];
  /** Oldest first; the newest ones, where there are too many. */
  entries: Entry[];
  isWhole: boolean;
  /** Empty for whoever may not see it. */
  scheduled: Scheduled[];
}

const PAGE = 1000;
const MOST_PAGES = 10;
export const MOST_ENTRIES = PAGE * MOST_PAGES;
const NOT_FOR_THEM = [401, 403, 404];

export function pricesQuery(id: string) {
  return queryOptions({
    queryKey: ["listings", id, "prices"],
    queryFn: ({ client, signal }) => readPrices({ id: listingIdIn(id) }, client, signal),
  });
}

interface ServedHistory {
  prices: Omit<Prices, "isWhole">;
  access: Access;
}

/** Takes over a history, and what may be done with it, if the server has put them into the page: it puts in whole ones. */
export function takeServedPrices(queries: QueryClient): void {
  const served = servedData<ServedHistory>("history");
  if (!served) return;
  const { prices, access } = served.data;
  const { id } = prices.listing;
  queries.setQueryData(accessQuery([id]).queryKey, access, served);
  queries.setQueryData(pricesQuery(String(id)).queryKey, { ...prices, isWhole: true }, served);
}

type Path = { id: number };

async function readPrices(path: Path, queries: QueryClient, signal: AbortSignal): Promise<Prices> {
  // first and by itself: whatever is written from then on changes its ETag
  const listing = await api.GET("/listings/{id}", { params: { path }, signal });
  const [summary, history, scheduled] = await Promise.all([
    api.GET("/listings/{id}/prices/summary", { params: { path }, signal }),
    readHistory(path, signal),
    readScheduled(path, queries, signal),
  ]);
  const etag = listing.response.headers.get("etag") ?? "";
  return { listing: answered(listing), etag, summary: answered(summary), ...history, scheduled };
}

async function readHistory(path: Path, signal: AbortSignal): Promise<{ entries: Entry[]; isWhole: boolean }> {
  const entries: Entry[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const at: { cursor?: string } = cursor === null ? {} : { cursor };
    const query = { view: "detailed", order: "desc", limit: PAGE, ...at } as const;
    const answer = await api.GET("/listings/{id}/prices", { params: { path, query }, signal });
    entries.push(...(answered(answer) as Entry[]));
    cursor = nextCursor(answer.response);
    if (cursor === null) break;
  }
  return { entries: entries.reverse(), isWhole: cursor === null };
}

async function readScheduled(path: Path, queries: QueryClient, signal: AbortSignal): Promise<Scheduled[]> {
  if (!(await mayChange(path, queries))) return [];
  try {
    return answered(await api.GET("/listings/{id}/prices/scheduled", { params: { path }, signal }));
  } catch (error) {
    if (error instanceof Problem && NOT_FOR_THEM.includes(error.status)) return [];
    throw error;
  }
}

/** Whether they may change the price; where that can't be known, the API says so when it is asked. */
async function mayChange({ id }: Path, queries: QueryClient): Promise<boolean> {
  try {
    const { scopes, own_listings } = await queries.query(accessQuery([id]));
    return scopes.includes("prices:write") && own_listings.includes(id);
  } catch {
    return true;
  }
}
