import { expect, test } from "vitest";

import { crossedIn, filtersIn, hasFilters, pagesIn, parametersOf, queryOf, searchIn } from "./search";

const read = (address: string) => searchIn(new URLSearchParams(address));

test("what an address looks for is the same when it is written and read again", () => {
  const address =
    "text=balcony&city=Lyon&min_price_eur=100000.5&max_rooms=4&building_type=HOUSE&reduced=true&sort=-drop";

  expect(parametersOf(read(address)).toString()).toBe(address);
});

test.each([
  ["city=%20&text=", "what is empty"],
  ["min_price_eur=cheap&max_price_eur=-1&min_rooms=", "numbers that are none"],
  ["min_rooms=2.5&max_rooms=0&min_price_eur=0.001", "numbers of which there is no such home"],
  ["max_price_eur=1e12&max_surface_area_m2=1e13&max_rooms=1e9", "numbers that are too large"],
  ["text=%2B%2B&city=%00", "texts without a letter"],
  ["building_type=CASTLE&sort=luck&colour=red", "what nobody knows"],
  ["sort=-created", "the order that there is anyway"],
])("%s looks for nothing: %s", (address) => {
  expect(read(address)).toEqual({});
});

test.each([
  ["", 1],
  ["pages=3", 3],
  ["pages=0", 1],
  ["pages=57", 57],
  ["pages=x", 1],
])("the address ?%s shows %i pages", (address, pages) => {
  expect(pagesIn(new URLSearchParams(address))).toBe(pages);
});

test("the API is asked in its own words", () => {
  expect(queryOf(read("building_type=HOUSE&reduced=true&city=Lyon"))).toEqual({
    building_type: ["HOUSE"],
    city: "Lyon",
    min_drop_percent: 0.01,
  });
});

test("an order alone is no filter", () => {
  expect([hasFilters(read("sort=price")), hasFilters(read("city=Lyon"))]).toEqual([false, true]);
});

test("each thing that is looked for counts", () => {
  expect(filtersIn(read("sort=price&city=Lyon&max_price_eur=300000"))).toBe(2);
});

test.each([
  ["min_price_eur=2&max_price_eur=1", ["max_price_eur"]],
  ["min_rooms=3&max_rooms=2&min_surface_area_m2=2&max_surface_area_m2=1", ["max_surface_area_m2", "max_rooms"]],
  ["min_price_eur=2&max_price_eur=2&min_rooms=3&max_surface_area_m2=1", []],
])("the ranges of %s that end before they begin are %j", (address, crossed) => {
  expect(crossedIn(read(address))).toEqual(crossed);
});
