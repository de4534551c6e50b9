import { describe, expect, test } from "vitest";

import { aListing } from "../testing/listings";
import { EMPTY, listingOf, mistakeIn, phoneIn, valuesOf } from "./fields";

describe("a mistake", () => {
  test.each([
    ["name", "  ", "missing"],
    ["country", "", "missing"],
    ["latest_price_eur", "cheap", "number"],
    ["latest_price_eur", "1.005,123", "number"],
    ["latest_price_eur", "99.9999", "cents"],
    ["latest_price_eur", "0.125", "cents"],
    ["surface_area_m2", "big", "number"],
    ["surface_area_m2", "63.125", "ambiguous"],
    ["surface_area_m2", "63,125 m²", "ambiguous"],
    ["rooms_count", "0", "rooms"],
    ["rooms_count", "2.5", "rooms"],
    ["rooms_count", "2.500", "rooms"],
    ["bedrooms_count", "-1", "bedrooms"],
    ["contact_phone_number", "01 23 45 67 89", "phone"],
  ] as const)("in %s is %j: %s", (name, text, mistake) => {
    expect(mistakeIn(name, text)).toBe(mistake);
  });

  test.each([
    ["latest_price_eur", "0"],
    ["latest_price_eur", "285 000,50"],
    ["latest_price_eur", "285.000"],
    ["surface_area_m2", "1 200,5"],
    ["bedrooms_count", "0"],
    ["contact_phone_number", ""],
    ["contact_phone_number", "0033 1.23.45.67.89"],
  ] as const)("is not in %s: %j", (name, text) => {
    expect(mistakeIn(name, text)).toBeNull();
  });
});

test("a telephone number loses what only helps to read it", () => {
  expect(phoneIn("0033 (1) 23-45.67/89")).toBe("+33123456789");
});

test.each(["en", "fr"])("a home comes out of a form as it went in, in %s", (language) => {
  const { id, created_date, updated_date, status, summary, ...written } = aListing({ contact_phone_number: "+331234" });
  expect([id, created_date, updated_date, status, summary]).not.toContain(undefined);

  expect(listingOf(valuesOf(written, language))).toEqual(written);
});

test("no telephone number is none, not an empty one", () => {
  expect(listingOf({ ...EMPTY, name: "Home" })).not.toHaveProperty("contact_phone_number");
});
