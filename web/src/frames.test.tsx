import { expect, test } from "vitest";

import { frames } from "./frames";

test("nothing can be written or chosen in what is drawn before the app is there, but links lead on", async () => {
  for (const { plain, listings, listing } of Object.values(await frames())) {
    for (const html of [plain, listings, listing]) {
      const page = new DOMParser().parseFromString(html, "text/html");
      const inputs = [...page.querySelectorAll("input, select, textarea, button, summary")];

      expect(inputs.length).toBeGreaterThan(1);
      expect(inputs.filter((input) => !input.closest("[inert]"))).toEqual([]);
      expect(page.querySelectorAll("[inert] a")).toHaveLength(0);
      expect(page.querySelectorAll("a").length).toBeGreaterThan(3);
    }
  }
});

test("who has no JavaScript is told so in each language, and where the same data are", async () => {
  const said = Object.values(await frames()).map(({ plain }) =>
    new DOMParser().parseFromString(`<div>${plain}`, "text/html"),
  );
  const sentences = said.map((page) => page.querySelector("noscript")?.textContent);

  expect(new Set(sentences).size).toBe(4);
  for (const sentence of sentences) expect(sentence).toMatch(/JavaScript.*\/listings.*\/docs/);
});
