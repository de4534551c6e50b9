import { infiniteQueryOptions } from "@tanstack/react-query";

import { answered, api, nextCursor, type Schemas } from "../api/client";
import { sendOnce } from "../api/sending";

export type Review = Schemas["PriceReview"];
export type State = Review["state"];

export const STATES: readonly State[] = ["open", "approved", "corrected"];
const PAGE = 50;

export interface Rejection {
  /** What the price should have been, in euros; without it the entry is void. */
  price_eur?: number;
  reason: string;
}

export function reviewsQuery(state: State) {
  return infiniteQueryOptions({
    queryKey: ["price-reviews", state],
    queryFn: async ({ pageParam, signal }) => {
      const query = { state, limit: PAGE, ...(pageParam !== "" && { cursor: pageParam }) };
      const answer = await api.GET("/price-reviews", { params: { query }, signal });
      return { reviews: answered(answer), cursor: nextCursor(answer.response) };
    },
    initialPageParam: "",
    getNextPageParam: ({ cursor }) => cursor,
  });
}

/** What tells a review from all others. */
export const nameOf = ({ listing_id, version }: Review) => `${listing_id} ${version}`;
/** The form, and what it sends, that rejects it. */
export const rejectionOf = (review: Review) => `rejection of ${nameOf(review)}`;
const pathOf = ({ listing_id, version }: Review) => ({ id: listing_id, version });

export async function approve(review: Review): Promise<Review> {
  return sendOnce(`approval of ${nameOf(review)}`, {}, async (key) => {
    const params = { path: pathOf(review), header: { "Idempotency-Key": key } };
    return answered(await api.POST("/price-reviews/{id}/{version}/approval", { params }));
  });
}

export async function reject(review: Review, body: Rejection): Promise<Review> {
  return sendOnce(rejectionOf(review), body, async (key) => {
    const params = { path: pathOf(review), header: { "Idempotency-Key": key } };
    return answered(await api.POST("/price-reviews/{id}/{version}/rejection", { params, body }));
  });
}
