import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import { signInWith } from "../api/session";
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

describe("what may not be kept", () => {
  const ADDRESS = "https://example.com/?token=of-mine";

  async function signOutFrom(address: string) {
    serving();
    signInWith("a-key", 3);
    renderApp("/agents/webhooks");
    await write("Address", address);
    await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
  }

  test("is not lost by signing out without a question, and stays if they do", async () => {
    await signOutFrom(ADDRESS);
    const dialog = await screen.findByRole("dialog", { name: "Leave this page?" });
    expect(dialog).toHaveTextContent("is not kept in this browser");
    await userEvent.click(within(dialog).getByRole("button", { name: "Stay" }));

    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByRole("button", { name: "Sign out" })).toBeVisible();
    expect(screen.getByLabelText("Address")).toHaveValue(ADDRESS);
  });

  test("is gone when they leave it", async () => {
    await signOutFrom(ADDRESS);
    await userEvent.click(await screen.findByRole("button", { name: "Leave" }));

    expect(await screen.findByRole("link", { name: "Sign in" })).toBeVisible();
    expect(screen.queryByDisplayValue(ADDRESS)).toBeNull();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("is all that is asked about: what is kept is there when they are back", async () => {
    await signOutFrom("https://example.com/hook");

    expect(await screen.findByRole("link", { name: "Sign in" })).toBeVisible();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("is not promised to be there after a link", async () => {
    serving();
    renderApp("/agents/webhooks");
    await write("Address", ADDRESS);
    await userEvent.click(screen.getByRole("link", { name: "Homes" }));

    expect(await screen.findByRole("dialog")).toHaveTextContent("you will have to write it again");
  });
});
