import { expect, test } from "vitest";

import { inAWeek, momentMistake, momentOf } from "./moments";

test("one begins to choose from midnight in a week, also across the end of a month", () => {
  expect(inAWeek(new Date(2026, 10, 27, 15, 30))).toBe("2026-12-04T00:00");
});

test("a time is meant in the time zone of the browser", () => {
  expect(momentOf("2026-12-04T00:00")).toBe(new Date(2026, 11, 4).toISOString());
});

test.each([
  ["", "missing"],
  ["2020-01-01T00:00", "future"],
  ["2999-01-01T00:00", null],
])("%j is %s", (local, mistake) => {
  expect(momentMistake(local)).toBe(mistake);
});
