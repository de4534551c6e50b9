import { describe, expect, test } from "vitest";

import { formatsOf } from "./formats";
import { LANGUAGES, localeOf, messagesIn, preferredLanguage, type Language } from "./languages";

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ").replace("−", "-");

describe("the language", () => {
  test.each([
    ["fr", ["de"], "fr", "what was chosen"],
    [null, ["nl-BE", "fr"], "nl", "the first of the browser's that there is"],
    [null, ["ja", "de-AT"], "de", "the first that there is, though not the first"],
    ["xx", ["ja"], "en", "English"],
    [null, ["constructor"], "en", "English"],
  ] as const)("of %s and %j is %s: %s", (chosen, accepted, language, _why) => {
    expect(preferredLanguage(chosen, accepted)).toBe(language);
  });
});

describe("dates", () => {
  test.each([
    ["en", ["en-GB", "en"], "17 Mar 2026", "British for the British"],
    ["en", ["fr-FR", "en-GB"], "17 Mar 2026", "British if that is the browser's second language"],
    ["en", ["en-US", "en-GB"], "Mar 17, 2026", "as in the first of the regions"],
    ["en", ["en", "nl-BE"], "Mar 17, 2026", "as the language alone has it"],
    ["en", ["en-US@posix"], "Mar 17, 2026", "as the language alone has it, if the region is none"],
    ["nl", ["en-GB"], "17 mrt 2026", "of the language that was chosen"],
  ] as const)("in %s for %j are like %s: %s", (language, accepted, date, _why) => {
    expect(formatsOf(language, localeOf(language, accepted)).date("2026-03-17T12:00:00Z")).toBe(date);
  });

  test("of a region leave numbers as forms show and take them", () => {
    expect(formatsOf("en", "en-ZA").euros(99.5)).toBe("€99.50");
  });
});

describe.each(Object.keys(LANGUAGES) as Language[])("in %s", (language) => {
  test("counts have their forms", async () => {
    const { listings } = await messagesIn(language);

    expect(listings.shown(1)).not.toBe(listings.shown(2).replace("2", "1"));
    expect(listings.shown(1000)).toMatch(/1\D?000/);
  });
});

test.each([
  ["en", "€285,000", "€99.50", "-5%", "€4,488/m²", "63.5 m²", "Mar 17, 2026"],
  ["fr", "285 000 €", "99,50 €", "-5 %", "4 488 €/m²", "63,5 m²", "17 mars 2026"],
  ["de", "285.000 €", "99,50 €", "-5 %", "4.488 €/m²", "63,5 m²", "17.03.2026"],
  ["nl", "€ 285.000", "€ 99,50", "-5%", "€ 4.488/m²", "63,5 m²", "17 mrt 2026"],
])("in %s, numbers are written as one does there", (language, whole, cents, percent, perM2, area, date) => {
  const f = formatsOf(language);
  const written = [f.euros(285000), f.euros(99.5), f.percent(-5), f.eurosPerM2(4488.19), f.m2(63.5)];

  expect([...written, f.date("2026-03-17T12:00:00Z")].map(plain)).toEqual([whole, cents, percent, perM2, area, date]);
});
