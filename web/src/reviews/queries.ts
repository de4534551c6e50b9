import { infiniteQueryOptions } from "@tanstack/react-query";

import { answered, api, nextCursor, type Schemas } from "../api/client";

export type Review = Schemas["PriceReview"];
export type State = Review["state"];

export const STATES: readonly State[] = ["open", "approved", "corrected"];
const PAGE = 50;

export interface Rejection {
  /** What the price should have been, in euros; without it the entry is void. */
  price_eur?: string;
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

const pathOf = ({ listing_id, version }: Review) => ({ id: listing_id, version });

export async function approve(review: Review): Promise<Review> {
  return answered(await api.POST("/price-reviews/{id}/{version}/approval", { params: { path: pathOf(review) } }));
}

export async function reject(review: Review, body: Rejection): Promise<Review> {
  const params = { path: pathOf(review) };
  return answered(await api.POST("/price-reviews/{id}/{version}/rejection", { params, body }));
}
