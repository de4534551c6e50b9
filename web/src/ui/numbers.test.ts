import { describe, expect, test } from "vitest";

import { numberIn, numberText, priceIn } from "./numbers";

const OF_ONE_MEANING: [string, number][] = [
  ["285000", 285000],
  ["285 000 €", 285000],
  ["285\u202f000,50", 285000.5],
  ["285,000.50", 285000.5],
  ["285.000,5", 285000.5],
  ["1.285.000", 1285000],
  ["63,5 m²", 63.5],
  ["63.1250", 63.125],
  ["1234.567", 1234.567],
  ["0.125", 0.125],
  ["0", 0],
];
const NONE = ["", "cheap", "1e3", "-5", "1.2.3", "12,34,56", "1.285.00", "012.500.000", "Infinity"];

describe("a number that was typed", () => {
  test.each(OF_ONE_MEANING)("%s is %d", (text, number) => {
    expect(numberIn(text)).toBe(number);
    expect(priceIn(text)).toBe(number);
  });

  test.each(["63.125", "63,125", "1.200 m²", "285.000"])("%s may be two numbers, and is none", (text) => {
    expect(numberIn(text)).toBeNull();
  });

  test.each([
    ["285.000", 285000],
    ["285,000 €", 285000],
    ["1.200", 1200],
  ])("as a price, %s is %d", (text, price) => {
    expect(priceIn(text)).toBe(price);
  });

  test.each(NONE)("%j is none", (text) => {
    expect([numberIn(text), priceIn(text)]).toEqual([null, null]);
  });

  test.each(["en", "fr", "de", "nl"])("is in %s read as it was written", (language) => {
    const numbers = [0, 7, 0.125, 63.5, 63.125, 1234.567, 285000, 285000.99, 999_999_999_999.99];

    expect(numbers.map((number) => numberIn(numberText(number, language)))).toEqual(numbers);
  });
});
