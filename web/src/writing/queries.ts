import { queryOptions } from "@tanstack/react-query";

import { answered, api, type Schemas } from "../api/client";
import { listingIdIn } from "../api/listingIds";
import { Problem } from "../api/problem";

export type Listing = Schemas["Listing"];
export type Scheduled = Schemas["ScheduledPrice"];
export type PriceEntry = Extract<Schemas["HistoryEntry"], { kind: "price" }>;

/** A home as it is now, and the ETag with which that is said when it is written. */
export interface Loaded {
  listing: Listing;
  etag: string;
  isWithdrawn: boolean;
}

const NEWEST = 200;
// what is written is begun on what there is now, and does not change while somebody writes
const AS_OF_NOW = { staleTime: 0, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false } as const;

export function loadedQuery(id: string) {
  return queryOptions({
    queryKey: ["listings", id, "written"],
    queryFn: ({ signal }) => readLoaded(id, signal),
    ...AS_OF_NOW,
  });
}

export async function readLoaded(id: string, signal?: AbortSignal): Promise<Loaded> {
  try {
    const answer = await api.GET("/listings/{id}", at(id, signal));
    return { listing: answered(answer), etag: answer.response.headers.get("etag") ?? "", isWithdrawn: false };
  } catch (error) {
    const listing = error instanceof Problem && error.kind === "listing-withdrawn" ? error.body?.listing : undefined;
    if (!listing) throw error;
    return { listing, etag: (error as Problem).etag ?? "", isWithdrawn: true };
  }
}

/** The prices that were scheduled, those to come first; only for whoever may change prices of the home. */
export function scheduledQuery(id: string) {
  return queryOptions({
    queryKey: ["listings", id, "scheduled"],
    queryFn: async ({ signal }) => answered(await api.GET("/listings/{id}/prices/scheduled", at(id, signal))),
    ...AS_OF_NOW,
  });
}

/** The newest prices of a history, the newest first. */
export function entriesQuery(id: string) {
  return queryOptions({
    queryKey: ["listings", id, "entries"],
    queryFn: async ({ signal }) => {
      const query = { view: "detailed", order: "desc", limit: NEWEST } as const;
      const params = { path: { id: Number(id) }, query };
      const entries = answered(await api.GET("/listings/{id}/prices", { params, signal })) as Schemas["HistoryEntry"][];
      return entries.filter((entry) => entry.kind === "price");
    },
    ...AS_OF_NOW,
  });
}

function at(id: string, signal?: AbortSignal) {
  return { params: { path: { id: listingIdIn(id) } }, ...(signal && { signal }) };
}
