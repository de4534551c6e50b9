import { expect, test } from "vitest";

import { Problem, unreachable } from "./problem";
import { createQueries, isWorthRetrying, waitBefore } from "./queries";
import { signInWith } from "./session";

test.each([
  ["a server that can't be reached", unreachable("x"), 0, true],
  ["a database that is away", new Problem(503, "", ""), 1, true],
  ["a refusal", new Problem(404, "listing-not-found", ""), 0, false],
  ["a mistake of ours", new TypeError(), 0, false],
  ["anything that failed three times", unreachable("x"), 2, false],
])("of %s, whether it is tried again", (_, error, failures, isRetried) => {
  expect(isWorthRetrying(failures, error)).toBe(isRetried);
});

test("who is told when to come again comes then, and others later each time", () => {
  expect(waitBefore(0, new Problem(429, "", "", {}, 3))).toBe(3000);
  expect([0, 1, 2].map((failures) => waitBefore(failures, unreachable("x")))).toEqual([500, 1000, 2000]);
});

test("nothing that was read for one caller is left for the next", () => {
  const queries = createQueries();
  queries.setQueryData(["secret"], 1);
  signInWith("another-key", 1);

  expect(queries.getQueryData(["secret"])).toBeUndefined();
});
