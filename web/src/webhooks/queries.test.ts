import { expect, test } from "vitest";

import { answering, json } from "../testing/server";
import { type Delivery, replay } from "./queries";

const FAILED: Delivery = {
  id: 9,
  event_id: "0198a3c0-0000-7000-8000-000000000000",
  type: "price.changed",
  listing_id: 7,
  state: "failed",
  attempts: [{ date: "2026-03-17T08:17:32Z", milliseconds: 12, status: 503 }],
  created_date: "2026-03-17T08:17:31Z",
};
const TRIED_SINCE = {
  ...FAILED,
  attempts: [...FAILED.attempts, { date: "2026-03-18T10:00:00Z", milliseconds: 9, status: 503 }],
};

test.each([
  ["goes out again under its key until the delivery is tried", FAILED, 1],
  ["has a key of its own once the delivery was tried since", TRIED_SINCE, 2],
])("a replay whose answer was lost %s", async (_what, next, count) => {
  const asked = answering(new TypeError("offline"), json(FAILED));
  await expect(replay("3", FAILED)).rejects.toThrow("offline");
  await replay("3", next);

  expect(new Set(asked.map(({ headers }) => headers.get("idempotency-key"))).size).toBe(count);
});
