import { describe, expect, test } from "vitest";

import { answering, json } from "../testing/server";
import { changePrice, correctPrice, relistListing, replaceListing, withdrawListing } from "./writes";

const OFFLINE = new TypeError("offline");
const HOME = { id: "7", isConfirmed: false };
const LATER = { price_eur: 270000, effective_date: "2999-01-01T00:00:00Z" };

type Write = (etag: string) => Promise<unknown>;
const WRITES: [string, Write][] = [
  ["an edit", (etag) => replaceListing({ ...HOME, etag }, {} as Parameters<typeof replaceListing>[1])],
  ["a withdrawal", (etag) => withdrawListing({ id: "7", etag })],
  ["a relisting", (etag) => relistListing({ ...HOME, etag }, {})],
  ["a price", (etag) => changePrice({ ...HOME, etag, begunOn: '"1"' }, { price_eur: 270000 })],
];
/** Of these a draft goes on with what was begun, whatever has become of the home. */
const BEGUN: [string, (begunOn: string, etag: string) => Promise<unknown>][] = [
  ["a scheduled price", (begunOn, etag) => changePrice({ ...HOME, etag, begunOn }, LATER)],
  ["a correction", (begunOn, etag) => correctPrice({ id: "7", etag, begunOn }, 3, { void: true, reason: "Twice" })],
];

/** Sends something whose answer is lost, and then something else; returns the keys of both. */
async function keysOf(lost: () => Promise<unknown>, next: () => Promise<unknown>) {
  const asked = answering(OFFLINE, json({ id: 7 }));
  await expect(lost()).rejects.toThrow("offline");
  await next();
  return asked.map(({ headers }) => headers.get("idempotency-key"));
}

describe("after its answer was lost", () => {
  test.each(WRITES)("%s is sent again under its key, as long as the home is the same", async (_what, write) => {
    const [first, second] = await keysOf(
      () => write('"3"'),
      () => write('"3"'),
    );

    expect(second).toBe(first);
  });

  test.each(WRITES)("%s of a home that has changed since is another one", async (_what, write) => {
    const [first, second] = await keysOf(
      () => write('"3"'),
      () => write('"5"'),
    );

    expect(second).not.toBe(first);
  });

  test.each(BEGUN)("%s is sent again under its key from a draft, after it changed the home", async (_what, write) => {
    const [first, second] = await keysOf(
      () => write('"3"', '"3"'),
      () => write('"3"', '"4"'),
    );

    expect(second).toBe(first);
  });

  test.each(BEGUN)("%s that is begun anew on a home that has changed is another one", async (_what, write) => {
    const [first, second] = await keysOf(
      () => write('"3"', '"3"'),
      () => write('"4"', '"4"'),
    );

    expect(second).not.toBe(first);
  });
});
