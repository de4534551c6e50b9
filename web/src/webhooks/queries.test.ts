import { expect, test } from "vitest";

import { FAILED } from "../testing/deliveries";
import { answering, json } from "../testing/server";
import { replay } from "./queries";

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
