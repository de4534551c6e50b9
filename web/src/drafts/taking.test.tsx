import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { renderApp } from "../testing/app";
import { type as write } from "../testing/forms";
import { aListing } from "../testing/listings";
import { accessAnswer, allowing, EVERYTHING, json, problem } from "../testing/server";

const CREATED = "2026-01-12T09:23:36Z";
const ACCOUNT = { id: 3, name: "Immo", kind: "agency", suspended: false, created_date: CREATED };
const LISTING = aListing();
const GONE = { type: "urn:listingapi:problem:listing-withdrawn", title: "", status: 410, detail: "", listing: LISTING };

/** Each read of an address is answered alike; what is not named is an empty list. */
function serving(answers: Record<string, () => Response> = {}) {
  const all = { "/listings/7": () => json(LISTING, { etag: '"3"' }), "/accounts/3": () => json(ACCOUNT), ...answers };
  vi.stubGlobal("fetch", (request: Request) => {
    const answer = new Map(Object.entries(all)).get(new URL(request.url).pathname);
    return accessAnswer(request) ?? Promise.resolve(answer ? answer() : json([]));
  });
}

async function signInFromHere(account: number) {
  allowing({ ...EVERYTHING, account });
  await userEvent.click(screen.getByRole("link", { name: "Sign in" }));
  await userEvent.click(await screen.findByRole("button", { name: "Leave" }));
  await userEvent.type(await screen.findByLabelText("API key"), "a-key{Enter}");
  await screen.findByRole("button", { name: "Sign out" });
}

test.each([
  ["/new", "Title", "new"],
  ["/7/edit", "Title", "7"],
  ["/7/price", "New price in €", "7 price"],
  ["/7/corrections", "Right price in €", "7 correction"],
  ["/agents/accounts", "Name", "account"],
  ["/agents/accounts/3", "What is it for?", "key of 3"],
  ["/agents/webhooks", "Address", "webhook"],
])("what was written on %s is there after signing in from it, and nobody's any more", async (page, label, form) => {
  serving();
  renderApp(page);
  await write(label, "270000");
  await signInFromHere(3);

  expect(await screen.findByLabelText(label)).toHaveValue("270000");
  expect(localStorage.getItem(`draft ${form}`)).toBeNull();
});

test("so is the price at which a home is to be brought back", async () => {
  serving({ "/listings/7": () => Response.json(GONE, { status: 410, headers: { etag: '"5"' } }) });
  renderApp("/7/edit");
  await write("Price in € from now on", "250000");
  await signInFromHere(3);

  expect(await screen.findByLabelText("Price in € from now on")).toHaveValue("250000");
});

test("a draft that the account has of the form stays, and so does nobody's", async () => {
  serving();
  renderApp("/new");
  await write("Title", "Flat");
  const theirs = localStorage.getItem("draft new")?.replaceAll("Flat", "House") ?? "";
  localStorage.setItem("account 3 draft new", theirs);
  await signInFromHere(3);

  expect(await screen.findByLabelText("Title")).toHaveValue("House");
  expect(localStorage.getItem("draft new")).toContain("Flat");
});

test("what nobody wrote in another form stays nobody's", async () => {
  serving();
  renderApp("/new");
  await write("Title", "Flat");
  localStorage.setItem("draft 8", localStorage.getItem("draft new") ?? "");
  await signInFromHere(3);

  expect(localStorage.getItem("draft 8")).toContain("Flat");
  expect(localStorage.getItem("account 3 draft 8")).toBeNull();
});

test("nothing is taken by whoever is not taken", async () => {
  serving();
  renderApp("/new");
  await write("Title", "Flat");
  await userEvent.click(screen.getByRole("link", { name: "Sign in" }));
  await userEvent.click(await screen.findByRole("button", { name: "Leave" }));
  allowing(problem(401, "wrong-credentials"));
  await userEvent.type(await screen.findByLabelText("API key"), "wrong{Enter}");

  expect(await screen.findByText("This key is not valid, or not any more.")).toBeVisible();
  expect(localStorage.getItem("draft new")).toContain("Flat");
});
