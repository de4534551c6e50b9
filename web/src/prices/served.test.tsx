import { screen, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { signInWith } from "../api/session";
import { renderApp } from "../testing/app";
import { aHistory, aPrice } from "../testing/histories";
import { aListing } from "../testing/listings";
import { answering, json } from "../testing/server";
import type { Listener } from "./following";

const listing = aListing({ id: 7 });
const { summary } = listing;
const access = { account_id: 1, scopes: ["prices:write"], own_listings: [7] };
const prices = { listing, etag: '"3"', summary, entries: aHistory(), scheduled: [] };

vi.mock("./chart/plot", () => ({
  plotIn: () => ({
    show: () => undefined,
    destroy: () => undefined,
    positionOf: () => ({ left: 0, top: 0 }),
    timeAt: () => ({ time: 0, share: 0 }),
  }),
}));
const follow = vi.hoisted(() => vi.fn((_id: number, _listener: Listener, _signal: AbortSignal) => Promise.resolve()));
vi.mock("./following", () => ({ follow }));

/** Has the page come with a history, in a visit of a kind, so many milliseconds ago. */
function serve({ type = "navigate", ago = 0 } = {}): void {
  const data = Object.assign(document.createElement("script"), { type: "application/json", id: "history" });
  data.textContent = JSON.stringify({ prices, access });
  document.body.append(data);
  const responseStart = Date.now() - ago - performance.timeOrigin;
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ type, responseStart }] as never);
}

/** Who follows the history that is shown, once it does: that begins after the drawing. */
async function theFollower(): Promise<Listener> {
  return vi.waitFor(() => {
    const [, listener] = follow.mock.lastCall ?? [];
    if (!listener) throw new Error("Nobody follows the history.");
    return listener;
  });
}

/** What is asked for to draw the history: the listing, then the rest. */
function theApi(entries = aHistory()): Response[] {
  return [json(listing, { etag: '"4"' }), json(summary), json(entries.toReversed()), json([])];
}

beforeEach(() => {
  follow.mockClear();
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
});
afterEach(() => {
  document.getElementById("history")?.remove();
  vi.restoreAllMocks();
});

test("a history that came with the page is drawn, and nothing is asked for", async () => {
  serve();
  const asked = answering();
  renderApp("/7/prices");

  expect(await screen.findByRole("table", { name: "3 entries of the price history" })).toBeVisible();
  expect(screen.getByRole("link", { name: "Change its price" })).toHaveAttribute("href", "/7/price");
  expect((await theFollower()).known()).toBe('"3"');
  expect(asked).toEqual([]);
});

test("a price that is newer takes the place of what came with the page", async () => {
  serve();
  answering(...theApi([...aHistory(), aPrice(4, 280000)]));
  renderApp("/7/prices");
  await screen.findByRole("table", { name: "3 entries of the price history" });
  const follower = await theFollower();
  await follower.onChange();

  const table = await screen.findByRole("table", { name: "4 entries of the price history" });
  expect(within(table).getByText("€280,000")).toBeVisible();
  expect(follower.known()).toBe('"4"');
});

test.each([
  ["is old", { ago: 60_000 }],
  ["the browser has gone back to", { type: "back_forward" }],
])("a history that %s is asked for", async (_, visit) => {
  serve(visit);
  const asked = answering(...theApi());
  renderApp("/7/prices");

  await vi.waitFor(() => {
    expect(asked).toHaveLength(4);
  });
});

test("who is signed in asks for what they may see", async () => {
  signInWith("lst_key", 1);
  serve();
  const asked = answering(...theApi());
  renderApp("/7/prices");
  await screen.findByRole("table");

  expect(asked).toHaveLength(4);
});
