import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { renderApp } from "../testing/app";
import { button, type } from "../testing/forms";
import { aListing } from "../testing/listings";
import { accessAnswer, allowing, answering, json, problem } from "../testing/server";

// whoever has saved comes there, which is all that matters here
vi.mock("../prices/PricesPage", () => ({ PricesPage: () => <h1>History</h1> }));

const ETAG = { etag: '"3"' };
const listing = aListing();

test("a home that is off the market can be brought back at another price", async () => {
  const body = { type: "urn:listingapi:problem:listing-withdrawn", title: "", status: 410, detail: "", listing };
  const gone = () => Response.json(body, { status: 410, headers: { etag: '"5"' } });
  const asked = answering(gone(), json(listing, ETAG), json(listing, ETAG));
  renderApp("/7/edit");
  await type("Price in € from now on", "250000");
  await userEvent.click(await button("Bring it back to the market"));
  expect(await button("Save")).toBeVisible();

  expect(asked[1]?.url).toMatch(/\/listings\/7\/relist$/);
  expect(asked[1]?.headers.get("if-match")).toBe('"5"');
  expect(await asked[1]?.json()).toEqual({ latest_price_eur: 250000 });
});

test("a price can be scheduled, but not for a time that is over", async () => {
  const accepted = Response.json({}, { status: 202 });
  const asked = answering(json(listing, ETAG), json([]), accepted, json(listing, ETAG), json([]));
  renderApp("/7/price");
  await type("New price in €", "270000");
  await userEvent.click(await screen.findByLabelText("From a date on"));
  const date = screen.getByLabelText("Date and time");
  await userEvent.clear(date);
  await userEvent.type(date, "2020-01-01T00:00");
  await userEvent.click(await button("Schedule the price"));
  expect(await screen.findByText("Choose a time that is still to come.")).toBeVisible();
  await userEvent.clear(date);
  await userEvent.type(date, "2999-01-01T00:00");
  await userEvent.click(await button("Schedule the price"));

  await waitFor(() => {
    expect(asked[2]?.method).toBe("POST");
  });
  const effective_date = new Date(2999, 0, 1).toISOString();
  expect(await asked[2]?.json()).toEqual({ price_eur: 270000, effective_date });
});

test("who may not change prices is told so before they try", async () => {
  answering(json(listing, ETAG), problem(401, "not-authenticated"));
  renderApp("/7/price");

  expect(await screen.findByRole("alert")).toHaveTextContent("You have to sign in for this.");
  expect(screen.queryByLabelText("New price in €")).toBeNull();
});

test("an entry of a history is corrected with a reason", async () => {
  const entry = { kind: "price", version: 3, created_date: "2026-01-12T09:23:36Z", price_eur: 285000 };
  const asked = answering(json(listing, ETAG), json([entry]), json({}), json(listing, ETAG), json([entry]));
  renderApp("/7/corrections?version=3");
  await type("Right price in €", "258000");
  await userEvent.click(await button("Correct the history"));
  expect(screen.getByLabelText("Reason")).toHaveFocus();
  await type("Reason", "Digits were swapped");
  await userEvent.click(await button("Correct the history"));

  await waitFor(() => {
    expect(asked[2]?.url).toMatch(/\/listings\/7\/prices\/3\/corrections$/);
  });
  expect(await asked[2]?.json()).toEqual({ price_eur: 258000, reason: "Digits were swapped" });
});

test("a price that is written while another one is sent stays", async () => {
  let answer: (response: Response) => void = () => undefined;
  const coming = new Promise<Response>((resolve) => {
    answer = resolve;
  });
  const fetched = vi.fn((request: Request) =>
    request.method === "POST" ? coming : Promise.resolve(accessAnswer(request) ?? json(listing, ETAG)),
  );
  vi.stubGlobal("fetch", fetched);
  renderApp("/7/price");
  await type("New price in €", "270000");
  await userEvent.click(await button("Change the price"));
  await type("New price in €", "260000");
  answer(Response.json({}, { status: 201 }));

  await screen.findByText("The price is changed.");
  expect(screen.getByLabelText("New price in €")).toHaveValue("260000");
});

test.each([
  ["/7/price", "New price in €", "draft 7 price"],
  ["/7/corrections", "Reason", "draft 7 correction"],
])("what is written on %s is kept until it is thrown away", async (path, label, place) => {
  const answers = () => [json(listing, ETAG), json([])];
  answering(...answers());
  renderApp(path);
  await type(label, "270000");
  expect(localStorage.getItem(place)).toContain("270000");
  document.body.replaceChildren();

  answering(...answers());
  renderApp(path);
  expect(await screen.findByDisplayValue("270000")).toBeVisible();
  await userEvent.click(await button("Throw them away"));
  expect(await screen.findByLabelText(label)).toHaveValue("");
  expect(localStorage.getItem(place)).toBeNull();
});

test.each(["/new", "/7/edit", "/7/price", "/7/corrections"])("who may not write on %s is told so", async (path) => {
  answering(json(listing, ETAG), json([]));
  allowing({ scopes: ["listings:read"], own: [] });
  renderApp(path);

  expect(await screen.findByRole("alert")).toHaveTextContent("You can't do this hereYou have to sign in for this.");
  expect(screen.queryByRole("textbox")).toBeNull();
});
