import { expect, test } from "vitest";

import { chosenIn, switched } from "./chosen";

const OPTIONS = ["a", "b", "c"] as const;

test("what is chosen is in the order of the options; what is none of them is not", () => {
  expect(chosenIn(OPTIONS, "c a other")).toEqual(["a", "c"]);
  expect(chosenIn(OPTIONS, "")).toEqual([]);
});

test.each([
  ["", "b", "b"],
  ["a c", "b", "a b c"],
  ["a b", "b", "a"],
  ["b", "b", ""],
] as const)("“%s” with %s switched is “%s”", (text, one, expected) => {
  expect(switched(OPTIONS, text, one)).toBe(expected);
});
