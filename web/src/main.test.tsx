import { screen } from "@testing-library/react";
import { beforeEach, expect, test, vi } from "vitest";

vi.mock(import("./i18n/languages"), async (original) => ({
  ...(await original()),
  messagesIn: vi.fn(() => Promise.reject(new Error("Failed to fetch dynamically imported module"))),
}));

beforeEach(() => {
  vi.resetModules();
  document.body.innerHTML = '<div id="app"><div data-framed aria-busy="true">Homes for sale</div></div>';
});

test.each([
  ["en-GB", "en", /^This page could not be started\..* reload it\.$/],
  ["fr-BE", "fr", /^Cette page n’a pas pu démarrer\..* rechargez la page\.$/],
  ["de-AT", "de", /^Diese Seite konnte nicht gestartet werden\..* laden Sie die Seite neu\.$/],
  ["nl-NL", "nl", /^Deze pagina kon niet worden gestart\..* laad de pagina opnieuw\.$/],
])("who comes with %s and can't have the app is told in %s what to do", async (accepted, language, sentence) => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue([accepted]);
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  await import("./main");

  const alert = await screen.findByRole("alert");
  expect(alert).toHaveTextContent(sentence);
  expect(alert).toHaveAttribute("lang", language);
  expect(screen.queryByText("Homes for sale")).toBeNull();
  expect(said).toHaveBeenCalledOnce();
});
