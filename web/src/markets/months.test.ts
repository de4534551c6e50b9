import { expect, test } from "vitest";

import { isSilent, monthsIn, wholeMonths } from "./months";

test("months without homes are there, with none", () => {
  const whole = wholeMonths([
    { month: "2025-11", listings_count: 3 },
    { month: "2026-02", listings_count: 7, median_price_eur: 300000 },
  ]);

  expect(whole.map(({ month, listings_count }) => [month, listings_count])).toEqual([
    ["2025-11", 3],
    ["2025-12", 0],
    ["2026-01", 0],
    ["2026-02", 7],
  ]);
  expect(whole[3]?.median_price_eur).toBe(300000);
});

test("a market without months has none", () => {
  expect(wholeMonths([])).toEqual([]);
});

test.each([
  [0, false],
  [1, true],
  [4, true],
  [5, false],
])("a month with %i homes: is it silent? %s", (listings_count, silent) => {
  expect(isSilent({ month: "2026-01", listings_count })).toBe(silent);
});

test("a month is the same one everywhere", () => {
  expect(monthsIn("en")("2026-01")).toBe("January 2026");
});
