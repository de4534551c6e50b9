import { readFileSync } from "node:fs";
import { runInThisContext } from "node:vm";

import { screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

vi.mock(import("./i18n/languages"), async (original) => ({
  ...(await original()),
  messagesIn: vi.fn(() => Promise.reject(new Error("Failed to fetch dynamically imported module"))),
}));

const BUILT = new DOMParser().parseFromString(readFileSync("index.html", "utf-8"), "text/html");

/** The page as the server sends it to who asks for a language, with its own script run. */
function serve(language: string): void {
  document.documentElement.lang = language;
  document.body.innerHTML = BUILT.body.innerHTML;
  document
    .getElementById("app")
    ?.insertAdjacentHTML("beforeend", '<div data-framed aria-busy="true">Homes for sale</div>');
  runInThisContext(BUILT.querySelector("script:not([src])")?.textContent ?? "");
}

beforeEach(() => {
  vi.resetModules();
});

const SENTENCES = {
  en: /^This page could not be started.* load it again\.$/,
  fr: /^Cette page n’a pas pu démarrer.* rechargez la page\.$/,
  de: /^Diese Seite konnte nicht gestartet werden.* laden Sie die Seite neu\.$/,
  nl: /^Deze pagina kon niet worden gestart.* laad de pagina opnieuw\.$/,
};

test.each(Object.entries(SENTENCES))(
  "who comes with %s and can't have the app is told what to do",
  async (language, sentence) => {
    serve(language);
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await import("./main");

    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent(sentence);
    expect(alert.closest("main")).toHaveAttribute("lang", language);
    expect(screen.getAllByRole("button")).toHaveLength(1);
    expect(screen.queryByText("Homes for sale")).toBeNull();
    expect(said).toHaveBeenCalledOnce();
  },
);

test.each([
  ["de", SENTENCES.de],
  ["la", SENTENCES.en],
])("so is who has chosen %s and can't even have the main script", (chosen, sentence) => {
  localStorage.setItem("language", chosen);
  serve("fr");
  const script = document.createElement("script");
  script.type = "module";
  document.body.append(script);
  script.dispatchEvent(new Event("error"));

  expect(screen.getByRole("alert")).toHaveTextContent(sentence);
});

test("what else fails to load says nothing", () => {
  serve("en");
  const picture = document.createElement("img");
  document.body.append(picture);
  picture.dispatchEvent(new Event("error"));

  expect(screen.queryByRole("alert")).toBeNull();
});
