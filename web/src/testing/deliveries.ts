import type { Delivery } from "../webhooks/queries";

export const FAILED: Delivery = {
  id: 9,
  event_id: "0198a3c0-0000-7000-8000-000000000000",
  type: "price.changed",
  listing_id: 7,
  state: "failed",
  attempts: [{ date: "2026-03-17T08:17:32Z", milliseconds: 12, status: 503 }],
  created_date: "2026-03-17T08:17:31Z",
};
