import { describe, expect, test } from "vitest";

import { aListing } from "../testing/listings";
import { answering, json, problem } from "../testing/server";
import { answered, api, nextCursor } from "./client";
import { Problem } from "./problem";
import { signInWith } from "./session";

const anyListings = () => api.GET("/listings", {});

describe("the client", () => {
  test("answers what the API does", async () => {
    answering(json([aListing()]));

    expect(answered(await anyListings())).toEqual([aListing()]);
  });

  test("says who calls, as long as they are signed in", async () => {
    const asked = answering(json([]), json([]));
    signInWith("a-key", 1);
    await anyListings();
    signInWith(null, null);
    await anyListings();

    expect(asked.map(({ headers }) => headers.get("authorization"))).toEqual(["Bearer a-key", null]);
  });

  test("throws what is refused, with what is wrong with each field", async () => {
    answering(problem(422, "invalid-request", [{ pointer: "?city", detail: "must not be empty" }]));

    const refusal = await anyListings().catch((error: unknown) => error);

    expect(refusal).toBeInstanceOf(Problem);
    expect(refusal).toMatchObject({ status: 422, kind: "invalid-request", fields: { "?city": "must not be empty" } });
  });

  test("throws that the server can't be reached", async () => {
    answering(new TypeError("Failed to fetch"));

    await expect(anyListings()).rejects.toMatchObject({ status: 0, isPassing: true });
  });

  test("throws an error of a proxy, which is no JSON", async () => {
    answering(new Response("<h1>Bad gateway</h1>", { status: 502, headers: { "retry-after": "7" } }));

    await expect(anyListings()).rejects.toMatchObject({ status: 502, kind: "", retryAfter: 7 });
  });
});

test.each([
  ['</listings?city=lyon&cursor=a-b_1>; rel="next"', "a-b_1"],
  ['</listings?cursor=x>; rel="prev"', null],
  ["", null],
])("the next page after %s is at %s", (link, cursor) => {
  expect(nextCursor(json([], { link }))).toBe(cursor);
});
