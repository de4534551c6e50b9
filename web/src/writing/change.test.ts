import { expect, test } from "vitest";

import { formatsOf } from "../i18n/formats";
import { changeText, priceChange } from "./change";

test.each([
  [300000, 285000, -5],
  [300000, 450000, 50],
  [99.99, 100, 0.01],
  [0, 100, null],
  [300000, 299999.99, 0],
  [8000, 7999.6, -0.01],
])("from %d to %d is %d percent", (from, to, percent) => {
  expect(priceChange(from, to)?.percent).toBeCloseTo(percent ?? 0, 10);
  expect(priceChange(from, to)?.percent === null).toBe(percent === null);
});

test("the same price is no change", () => {
  expect(priceChange(0.1 + 0.2, 0.3)).toBeNull();
});

test.each([
  ["en", "From €300,000 to €285,000, -5%"],
  ["fr", "De 300 000 € à 285 000 €, -5 %"],
  ["de", "Von 300.000 € auf 285.000 €, -5 %"],
  ["nl", "Van € 300.000 naar € 285.000, -5%"],
])("in %s it is said as one does there", async (language, said) => {
  const { messages } = (await import(`./messages/${language}.ts`)) as typeof import("./messages/en");
  const change = priceChange(300000, 285000);

  const text = change && changeText(change, messages, formatsOf(language));
  expect(text?.replace(/[\u00a0\u202f]/g, " ").replace("−", "-")).toBe(said);
});
