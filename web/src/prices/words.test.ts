import { describe, expect, test } from "vitest";

import { formatsOf } from "../i18n/formats";
import { LANGUAGES, type Language } from "../i18n/languages";
import { aHistory, aPrice, aRelisting, aScheduledPrice, aWithdrawal } from "../testing/histories";
import { messages } from "./messages/en";
import { storyOf } from "./story";
import { newsText, pointText, summaryText } from "./words";

const english = { m: messages, f: formatsOf("en") };
const catalogues = {
  en: () => import("./messages/en"),
  fr: () => import("./messages/fr"),
  de: () => import("./messages/de"),
  nl: () => import("./messages/nl"),
};

describe("in a few sentences", () => {
  test("a history says where it began, where it is, and what was in between", () => {
    expect(summaryText(storyOf(aHistory()), english)).toBe(
      "3 prices since Jan 17, 2026: at first €300,000, now €290,000. 1 cut, 1 rise. " +
        "The lowest was €285,000, the highest €300,000.",
    );
  });

  test("a history of one price says since when", () => {
    expect(summaryText(storyOf([aPrice(1, 300000)]), english)).toBe("The price has been €300,000 since Jan 17, 2026.");
  });

  test("a history says that there were times off the market, and what is to come", () => {
    const entries = [aPrice(1, 300000), aWithdrawal(2), aRelisting(3)];
    const said = summaryText(storyOf(entries, [aScheduledPrice(4, 290000, "2100-01-04T12:00:00Z")]), english);

    expect(said).toContain("Once off the market in between. €290,000 is scheduled for Jan 4, 2100.");
  });

  test.each(Object.keys(LANGUAGES) as Language[])("all of it is said in %s, with its amounts", async (language) => {
    const { messages: m } = await catalogues[language]();
    const f = formatsOf(language);
    const entries = [...aHistory(), aWithdrawal(4), aRelisting(5)];
    const said = summaryText(storyOf(entries, [aScheduledPrice(6, 280000, "2100-01-04T12:00:00Z")]), { m, f });

    for (const amount of [300000, 290000, 285000, 280000]) expect(said).toContain(f.euros(amount));
    expect(said).not.toMatch(/undefined|#/);
    expect(JSON.stringify(m)).not.toContain('""');
  });
});

test("a point says its date, its price, and its change", () => {
  const said = storyOf([...aHistory(), aWithdrawal(4), aRelisting(5)]).map((point) => pointText(point, english));

  expect(said[0]).toMatch(/^Jan 17, 2026, .*: €300,000, first price$/);
  expect(said[1]).toMatch(/: €285,000, cut by €15,000 \(5%\)$/);
  expect(said[2]).toMatch(/: €290,000, raised by €5,000 \(1.75%\)$/);
  expect(said[3]).toMatch(/: taken off the market$/);
  expect(said[4]).toMatch(/: back on the market at €290,000$/);
});

describe("news", () => {
  const [first, second, third] = aHistory();
  const before = storyOf([first, second].filter((entry) => entry !== undefined));

  test("are what was added last", () => {
    expect(newsText(before, storyOf(aHistory()), english)).toBe("New: €290,000, raised by €5,000 (1.75%).");
  });

  test("are none where nothing was", () => {
    expect(newsText(before, storyOf([first, second].filter((entry) => entry !== undefined)), english)).toBeNull();
  });

  test("are all of it where something else has become of it", () => {
    const corrected = aPrice(2, 285000, { corrected_price_eur: 200000, change_eur: -100000, change_percent: -33.33 });
    const after = storyOf([first, corrected].filter((entry) => entry !== undefined));

    expect(third).toBeDefined();
    expect(newsText(before, after, english)).toMatch(/^The price history has changed. 2 prices since .* now €200,000/);
  });
});
