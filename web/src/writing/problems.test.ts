import { expect, test } from "vitest";

import { Problem } from "../api/problem";
import { messages as m } from "./messages/en";
import { fieldErrors, priceError } from "./problems";

const inWords = (detail: string) => `in other words: ${detail}`;
const invalid = (fields: Record<string, string>) => new Problem(422, "invalid-request", "", fields);

test("what is wrong with a field is said beside it, in the words of the page", () => {
  const error = invalid({ "/name": "must be …", "/postal_address/country": "must be …", "?confirm": "must be …" });

  expect(fieldErrors(error, m, inWords)).toEqual({ name: m.shouldBe.name, country: m.shouldBe.country });
});

test("what is wrong with all of an address is said where it begins", () => {
  expect(fieldErrors(invalid({ "/postal_address": "must be an object" }), m, inWords)).toHaveProperty("street_address");
});

test("what a pricing rule has against a price is said in words of the page", () => {
  const error = new Problem(422, "price-rejected", "", { "/latest_price_eur": "The price changes by 95 %." });

  expect(fieldErrors(error, m, inWords).latest_price_eur).toContain("in other words: The price changes by 95 %.");
  expect(priceError(error, m, inWords)).toContain("in other words: The price changes by 95 %.");
});

test.each([
  new Problem(409, "price-change-needs-confirmation", "", { "/latest_price_eur": "…" }),
  new Problem(412, "listing-changed", ""),
  new TypeError("a mistake of ours"),
])("other problems are not those of a field", (error) => {
  expect([fieldErrors(error, m, inWords), priceError(error, m, inWords)]).toEqual([{}, null]);
});
