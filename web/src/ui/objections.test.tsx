import { act, render, screen } from "@testing-library/react";
import { Suspense } from "react";
import { expect, test } from "vitest";

import { LanguageProvider } from "../i18n/LanguageProvider";
import { type Language, messagesIn } from "../i18n/languages";
import details from "../testing/objections.json";
import { Objection } from "./Objection";

async function said(language: Language, detail: string): Promise<HTMLElement> {
  const messages = await messagesIn(language);
  await act(() => {
    render(
      <LanguageProvider language={language} messages={messages}>
        <Suspense>
          <p data-testid="said">
            <Objection detail={detail} />
          </p>
        </Suspense>
      </LanguageProvider>,
    );
    return Promise.resolve();
  });
  return screen.findByTestId("said");
}

test.each(details.flatMap((detail) => (["fr", "de", "nl"] as const).map((language) => [language, detail] as const)))(
  "in %s it is said what a rule has against a price: %s",
  async (language, detail) => {
    const shown = await said(language, detail);

    expect(shown.textContent).not.toMatch(/price|metre/);
    expect(shown.querySelector("[lang=en]")).toBeNull();
  },
);

test.each([
  ["en", 1, "The price changes by -50.01%, more than 50%."],
  ["fr", 1, "Le prix change de -50,01 %, plus que 50 %."],
  ["de", 2, "Ein Quadratmeter kostet 999,98 €, weniger als 1.000 €."],
  ["nl", 4, "De prijs is 59 minuten geleden gewijzigd; tussen twee wijzigingen hoort 1 uur te liggen."],
] as const)("in %s its numbers are written as one does there", async (language, which, sentence) => {
  const shown = await said(language, details[which] ?? "");

  expect(shown.textContent.replace(/[\u00a0\u202f]/g, " ").replace("−", "-")).toBe(sentence);
});

test("what is not known is in the words of the API, which are English", async () => {
  const shown = await said("de", "The price has too many sevens.");

  expect(shown).toHaveTextContent("The price has too many sevens.");
  expect(shown.querySelector("[lang=en]")).not.toBeNull();
});
