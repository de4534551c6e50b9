import { expect, test } from "vitest";

import { differences, merged, obviousChoices } from "./conflict";
import { EMPTY, type Values } from "./fields";

const before: Values = { ...EMPTY, name: "Flat", city: "Lyon", rooms_count: "3", latest_price_eur: "300000" };
const mine: Values = { ...before, name: "Nice flat", rooms_count: "4", latest_price_eur: "285000" };
const theirs: Values = { ...before, city: "Paris", rooms_count: "4", latest_price_eur: "290000" };

test("what both have made the same of is no difference", () => {
  expect(differences(before, mine, theirs).map(({ field, changedBy }) => [field, changedBy])).toEqual([
    ["name", "me"],
    ["latest_price_eur", "both"],
    ["city", "them"],
  ]);
});

test("only what both have changed has to be chosen", () => {
  expect(obviousChoices(differences(before, mine, theirs))).toEqual({ name: "mine", city: "theirs" });
});

test("what is saved is their version with what was chosen of mine", () => {
  const choices = { ...obviousChoices(differences(before, mine, theirs)), latest_price_eur: "mine" } as const;

  expect(merged(mine, theirs, choices)).toEqual({ ...mine, city: "Paris" });
});
