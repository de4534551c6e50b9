import { infiniteQueryOptions, type QueryClient } from "@tanstack/react-query";

import { answered, api, nextCursor, type Schemas } from "../api/client";
import { servedData } from "../api/served";
import { crossedIn, queryOf, type Search } from "./search";

export type Listing = Schemas["DetailedListing"];

export const PAGE_SIZE = 24;
/** How many an address gets at first; after these one goes on page by page. */
export const MOST_PAGES = 200;
/** The API gives 1000 at a time. */
const MOST_AT_ONCE = 40 * PAGE_SIZE;
const NONE: ListingsPage = { listings: [], cursor: null };

interface ListingsPage {
  listings: Listing[];
  /** Where the next page starts, if there is one. */
  cursor: string | null;
}

interface Start {
  cursor: string | null;
  limit: number;
}

/** The listings of a search, page by page; `pages` come as one at first, where an address has that many. */
export function listingsQuery(search: Search, pages: number) {
  const first: Start = { cursor: null, limit: Math.min(pages, MOST_PAGES) * PAGE_SIZE };
  return infiniteQueryOptions({
    queryKey: ["listings", "found", search],
    queryFn: ({ pageParam, signal }) => readPage(search, pageParam, signal),
    initialPageParam: first,
    getNextPageParam: ({ cursor }) => (cursor === null ? null : { cursor, limit: PAGE_SIZE }),
  });
}

/** The listings of some pages: one that has moved to a later page before that was asked for is where it was at first. */
export function listingsIn(found: readonly ListingsPage[]): Listing[] {
  const byId = new Map<number, Listing>();
  for (const listing of found.flatMap(({ listings }) => listings)) {
    if (!byId.has(listing.id)) byId.set(listing.id, listing);
  }
  return [...byId.values()];
}

/** How many pages those are, as an address counts them: several may have come as one. */
export function pagesOf(found: readonly ListingsPage[]): number {
  return found.reduce((sum, { listings }) => sum + Math.ceil(listings.length / PAGE_SIZE), 0);
}

/** Takes over the newest listings, if the server has put them into the page. */
export function takeServedListings(queries: QueryClient): void {
  const served = servedData<ListingsPage>("newest-listings");
  if (!served) return;
  const { queryKey, initialPageParam } = listingsQuery({}, 1);
  queries.setQueryData(queryKey, { pages: [served.data], pageParams: [initialPageParam] }, served);
}

async function readPage(search: Search, { cursor, limit }: Start, signal: AbortSignal): Promise<ListingsPage> {
  if (crossedIn(search).length > 0) return NONE;
  const part = await readPart(search, { cursor, limit: Math.min(limit, MOST_AT_ONCE) }, signal);
  if (limit <= MOST_AT_ONCE || part.cursor === null) return part;
  const rest = await readPage(search, { cursor: part.cursor, limit: limit - MOST_AT_ONCE }, signal);
  return { listings: [...part.listings, ...rest.listings], cursor: rest.cursor };
}

async function readPart(search: Search, { cursor, limit }: Start, signal: AbortSignal): Promise<ListingsPage> {
  const query = { ...queryOf(search), view: "detailed", limit, ...(cursor !== null && { cursor }) } as const;
  const answer = await api.GET("/listings", { params: { query }, signal });
  return { listings: answered(answer) as Listing[], cursor: nextCursor(answer.response) };
}
