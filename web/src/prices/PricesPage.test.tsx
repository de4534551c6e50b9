import { cleanup, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";

import { renderApp } from "../testing/app";
import { held } from "../testing/held";
import { aHistory } from "../testing/histories";
import { aListing } from "../testing/listings";
import { accessAnswer, allowing, json, problem } from "../testing/server";

const listing = aListing({ id: 7 });
const summary = { ...listing.summary, cuts_count: 1, rises_count: 1 };
const gone = {
  type: "urn:listingapi:problem:listing-withdrawn",
  title: "",
  status: 410,
  detail: "",
  errors: [],
  listing,
};

vi.mock("./chart/plot", () => ({
  plotIn: () => ({
    show: () => undefined,
    destroy: () => undefined,
    positionOf: () => ({ left: 0, top: 0 }),
    timeAt: () => ({ time: 0, share: 0 }),
  }),
}));
const follow = vi.hoisted(() => vi.fn(() => Promise.resolve()));
vi.mock("./following", () => ({ follow }));

/** A server that answers by the path; returns the paths that it was asked for, in their order. */
function serving(answers: Record<string, () => Response>): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    const { url } = request;
    asked.push(new URL(url).pathname);
    const answer = answers[new URL(url).pathname];
    return (
      accessAnswer(request) ??
      (answer ? Promise.resolve(answer()) : Promise.reject(new Error(`nothing is answered to ${url}`)))
    );
  });
  return asked;
}

beforeEach(() => {
  follow.mockClear();
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
});

const ALL = {
  "/listings/7": () => json(listing, { etag: '"3"' }),
  "/listings/7/prices": () => json(aHistory().toReversed()),
  "/listings/7/prices/summary": () => json(summary),
  "/listings/7/prices/scheduled": () => problem(401, "not-authenticated"),
};

test("a history is a summary, a chart in words, and a table that is sorted by its date", async () => {
  serving(ALL);
  renderApp("/7/prices");
  const table = await screen.findByRole("table", { name: "3 entries of the price history" });
  const prices = () =>
    within(table)
      .getAllByRole("row")
      .slice(1)
      .map((row) => within(row).getAllByRole("cell")[0]?.textContent);

  expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Price history of Flat near the station");
  expect(screen.getByRole("application")).toHaveAccessibleName(/^Chart of the price. 3 prices since/);
  expect(prices()).toEqual(["€290,000", "€285,000", "€300,000"]);
  await userEvent.click(screen.getByRole("button", { name: "Date, newest first" }));
  expect(prices()).toEqual(["€300,000", "€285,000", "€290,000"]);
  expect(screen.getByRole("columnheader", { name: /^Date/ })).toHaveAttribute("aria-sort", "ascending");
});

test("each thing is asked for once, and what is scheduled only for whoever may change the price", async () => {
  const asked = serving(ALL);
  renderApp("/7/prices");
  await screen.findByRole("table");
  expect(asked.toSorted()).toEqual(["/access", ...Object.keys(ALL)].toSorted());
  cleanup();

  for (const allowed of [
    { scopes: ["listings:read"] as const, own: [7] },
    { scopes: ["prices:write"] as const, own: [] },
  ]) {
    const askedByOthers = serving(ALL);
    allowing({ ...allowed, scopes: [...allowed.scopes] });
    renderApp("/7/prices");
    await screen.findByRole("table");
    expect(askedByOthers).not.toContain("/listings/7/prices/scheduled");
    cleanup();
  }
});

test("the button of the download can be focused while that comes, and asks once", async () => {
  serving(ALL);
  renderApp("/7/prices");
  const button = await screen.findByRole("button", { name: "Download as CSV" });
  const fetched = vi.fn(() => held<Response>().promise);
  vi.stubGlobal("fetch", fetched);
  await userEvent.click(button);
  await userEvent.click(button);

  expect(button).not.toBeDisabled();
  expect(button).toHaveAttribute("aria-disabled", "true");
  expect(fetched).toHaveBeenCalledOnce();
});

test("the arrow keys say the points of the chart", async () => {
  serving(ALL);
  renderApp("/7/prices");
  (await screen.findByRole("application")).focus();
  await userEvent.keyboard("{ArrowLeft}");
  expect(screen.getByRole("status")).toHaveTextContent(/: €290,000, raised by €5,000/);

  await userEvent.keyboard("{ArrowLeft}");
  expect(screen.getByRole("status")).toHaveTextContent(/: €285,000, cut by €15,000/);
});

test("a home that is withdrawn is told of with what it was", async () => {
  serving({ "/listings/7": () => Response.json(gone, { status: 410 }) });
  renderApp("/7/prices");

  expect(await screen.findByRole("alert")).toHaveTextContent("75001 Paris, was last offered at €285,000.");
});

test("a home that there is not leads back to those that there are", async () => {
  serving({ "/listings/7": () => problem(404, "listing-not-found") });
  renderApp("/7/prices");

  expect(await screen.findByRole("heading", { name: "There is no such home" })).toBeVisible();
  expect(screen.getByRole("link", { name: "To all homes" })).toHaveAttribute("href", "/");
});

test.each(["abc", "12.5", "1e1", "0x7", "99999999999999999999"])(
  "what can be no home is none, and nobody is asked for it: %s",
  async (id) => {
    const asked = serving({});
    renderApp(`/${id}/prices`);

    expect(await screen.findByRole("heading", { name: "There is no such home" })).toBeVisible();
    expect(asked.filter((path) => path !== "/access")).toEqual([]);
  },
);

test.each([
  ["that is there", ALL, "table", 1],
  ["that is withdrawn", { "/listings/7": () => Response.json(gone, { status: 410 }) }, "alert", 1],
  ["that there is not", { "/listings/7": () => problem(404, "listing-not-found") }, "heading", 0],
  ["that can't be had", { "/listings/7": () => problem(500, "blank") }, "alert", 0],
] as const)("a home %s is followed if there is something to follow", async (_, answers, role, times) => {
  serving(answers);
  renderApp("/7/prices");
  await screen.findByRole(role, role === "heading" ? { name: "There is no such home" } : {});

  await vi.waitFor(() => {
    expect(follow).toHaveBeenCalledTimes(times);
  });
});

test("what fails can be tried again", async () => {
  serving({ "/listings/7": () => problem(500, "blank") });
  renderApp("/7/prices");
  const again = await screen.findByRole("button", { name: "Try again" });
  serving(ALL);
  await userEvent.click(again);

  expect(await screen.findByRole("table")).toBeVisible();
});

test("each is led to where they may change the home, and nowhere else", async () => {
  serving(ALL);
  allowing({ scopes: ["listings:write", "prices:write"], own: [7] });
  renderApp("/7/prices");
  expect(await screen.findByRole("link", { name: "Change its price" })).toHaveAttribute("href", "/7/price");
  expect(screen.queryByRole("link", { name: "Correct the history" })).toBeNull();
  cleanup();

  allowing({ scopes: ["listings:write", "prices:write", "prices:correct"], own: [] });
  renderApp("/7/prices");
  expect(await screen.findByRole("link", { name: "Correct the history" })).toHaveAttribute("href", "/7/corrections");
  expect(screen.queryByRole("link", { name: "Change its price" })).toBeNull();
  cleanup();

  allowing({ scopes: ["listings:read"], own: [] });
  renderApp("/7/prices");
  await screen.findByRole("table");
  expect(screen.queryByRole("link", { name: "Change its price" })).toBeNull();
});

test("whoever writes is led to where a home comes back to the market", async () => {
  serving({ "/listings/7": () => Response.json(gone, { status: 410 }) });
  renderApp("/7/prices");

  expect(await screen.findByRole("link", { name: "Bring it back to the market" })).toHaveAttribute("href", "/7/edit");
});
