import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import { belongings } from "../api/belongings";
import { keepDraft } from "../drafts/drafts";
import { renderApp } from "../testing/app";
import { button, type } from "../testing/forms";
import { aListing } from "../testing/listings";
import { answering, json, problem } from "../testing/server";
import { EMPTY, valuesOf } from "./fields";

// whoever has saved comes there, which is all that matters here
vi.mock("../prices/PricesPage", () => ({ PricesPage: () => <h1>History</h1> }));

const ETAG = { etag: '"3"' };
const listing = aListing();

describe("a new home", () => {
  test("is not sent with a mistake in it; the first one is focused, and each is told beside its field", async () => {
    const asked = answering();
    renderApp("/new");
    await type("Title", "Flat");
    await type("Price in €", "cheap");
    await userEvent.click(await button("List this home"));

    expect(screen.getByLabelText("Type")).toHaveFocus();
    expect(screen.getByLabelText("Type")).toHaveAccessibleDescription("Fill this in.");
    expect(screen.getByLabelText("Price in €")).toHaveAccessibleDescription(/Write a number, such as 285000/);
    expect(asked).toEqual([]);
  });

  test("is kept as a draft, which is offered when one comes back, and thrown away when it is not wanted", async () => {
    answering();
    renderApp("/new");
    await type("Title", "Flat near the lake");
    expect(localStorage.getItem("draft new")).toContain("Flat near the lake");
    document.body.replaceChildren();

    renderApp("/new");
    expect(await screen.findByDisplayValue("Flat near the lake")).toBeVisible();
    await userEvent.click(await button("Throw them away"));
    expect(await screen.findByLabelText("Title")).toHaveValue("");
    expect(localStorage.getItem("draft new")).toBeNull();
  });
});

test("what is written of a new home after it was sent is kept as a change of it", async () => {
  const asked = answering(new TypeError("offline"), json({ ...listing, id: 7 }, ETAG), json(listing, ETAG));
  keepDraft(belongings(), "new", { values: { ...valuesOf(listing, "en"), name: "Flat" }, base: EMPTY, etag: "" });
  const { address } = renderApp("/new");
  await userEvent.click(await button("List this home"));
  await screen.findByRole("alert");
  await userEvent.type(screen.getByLabelText("Title"), " TWO");
  dispatchEvent(new Event("online"));
  await waitFor(() => {
    expect(address()).toBe("/7/edit");
  });

  expect(await screen.findByLabelText("Title")).toHaveValue("Flat TWO");
  expect(localStorage.getItem("draft new")).toBeNull();
  expect(asked.filter(({ method }) => method === "POST")).toHaveLength(2);
});

describe("a home that is changed", () => {
  test("is sent whole, on the version that was read, under a key of its own; its draft is gone then", async () => {
    const asked = answering(json(listing, ETAG), json(listing, ETAG), json(listing, ETAG));
    const { address } = renderApp("/7/edit");
    await type("Price in €", "270 000");
    expect(await screen.findByText("From €285,000 to €270,000, -5.26%")).toBeVisible();
    await userEvent.click(await button("Save"));
    await waitFor(() => {
      expect(address()).toBe("/7/prices");
    });

    const sent = asked[1];
    expect(sent?.method).toBe("PUT");
    expect(sent?.headers.get("if-match")).toBe('"3"');
    expect(sent?.headers.get("idempotency-key")).toMatch(/^[0-9a-f]{32}$/);
    expect(await sent?.json()).toMatchObject({ name: listing.name, latest_price_eur: 270000 });
    expect(localStorage.getItem("draft 7")).toBeNull();
  });

  test("has what the server refuses beside its field, which is focused", async () => {
    answering(json(listing, ETAG), problem(422, "invalid-request", [{ pointer: "/postal_address/city", detail: "…" }]));
    renderApp("/7/edit");
    await type("City", "Lyon");
    await userEvent.click(await button("Save"));

    expect(await screen.findByText("The city can't be taken like this.")).toBeVisible();
    await waitFor(() => {
      expect(screen.getByLabelText("City")).toHaveFocus();
    });
  });

  test("is confirmed where a pricing rule asks", async () => {
    const doubt = problem(409, "price-change-needs-confirmation", [
      { pointer: "/latest_price_eur", detail: "The price changes by -90 %." },
    ]);
    const asked = answering(json(listing, ETAG), doubt, json(listing, ETAG), json(listing, ETAG));
    renderApp("/7/edit");
    await type("Price in €", "28500");
    await userEvent.click(await button("Save"));
    expect(await screen.findByRole("dialog", { name: "Is this price meant?" })).toHaveTextContent("by -90 %");
    await userEvent.click(await button("Yes, save this price"));

    await waitFor(() => {
      expect(asked[2]?.url).toContain("confirm=true");
    });
    expect(asked[2]?.headers.get("idempotency-key")).not.toBe(asked[1]?.headers.get("idempotency-key"));
  });

  test("is sent as soon as there is a connection again, under the same key", async () => {
    const asked = answering(json(listing, ETAG), new TypeError("offline"), json(listing), json(listing, ETAG));
    const { address } = renderApp("/7/edit");
    await type("Title", "Flat by the sea");
    await userEvent.click(await button("Save"));
    expect(await screen.findByRole("alert")).toHaveTextContent("What you have written is kept in this browser.");
    dispatchEvent(new Event("online"));
    await waitFor(() => {
      expect(address()).toBe("/7/prices");
    });

    expect(asked[2]?.method).toBe("PUT");
    expect(asked[2]?.headers.get("idempotency-key")).toBe(asked[1]?.headers.get("idempotency-key"));
  });

  test("keeps what is written after it was sent, on top of what is saved then", async () => {
    const first = json({ ...listing, name: "Flat ONE" }, { etag: '"4"' });
    const asked = answering(json(listing, ETAG), new TypeError("offline"), first, json(listing), json(listing));
    const { address } = renderApp("/7/edit");
    await type("Title", "Flat ONE");
    await userEvent.click(await button("Save"));
    await screen.findByRole("alert");
    await userEvent.type(screen.getByLabelText("Title"), " TWO");
    dispatchEvent(new Event("online"));
    await waitFor(() => {
      expect(screen.getByText("Saved. You have written more since: that is not saved yet.")).toBeInTheDocument();
    });

    expect(address()).toBe("/7/edit");
    expect(screen.getByLabelText("Title")).toHaveValue("Flat ONE TWO");
    expect(JSON.parse(localStorage.getItem("draft 7") ?? "null")).toMatchObject({
      values: { name: "Flat ONE TWO" },
      base: { name: "Flat ONE" },
      etag: '"4"',
    });
    await userEvent.click(await button("Save"));
    await waitFor(() => {
      expect(
        asked
          .filter(({ method }) => method === "PUT")
          .at(-1)
          ?.headers.get("if-match"),
      ).toBe('"4"');
    });
  });

  test("shows both versions where somebody else was faster, and is saved on top of theirs", async () => {
    const theirs = { ...listing, name: "Flat, renovated", latest_price_eur: 290000 };
    const read = () => json(theirs, { etag: '"4"' });
    const asked = answering(json(listing, ETAG), problem(412, "listing-changed"), read(), read(), json(theirs), read());
    renderApp("/7/edit");
    await type("Price in €", "270000");
    await userEvent.click(await button("Save"));
    expect(await screen.findByRole("heading", { name: "Somebody else has changed this home meanwhile" })).toHaveFocus();
    expect(screen.getByRole("radio", { name: "Their version Flat, renovated" })).toBeChecked();
    await userEvent.click(screen.getByRole("radio", { name: "Your version €270,000" }));
    await userEvent.click(await button("Save what is chosen"));

    await waitFor(() => {
      expect(asked[4]?.method).toBe("PUT");
    });
    expect(asked[4]?.headers.get("if-match")).toBe('"4"');
    expect(await asked[4]?.json()).toMatchObject({ name: "Flat, renovated", latest_price_eur: 270000 });
  });

  test("is not left without a question as long as it is not saved", async () => {
    answering(json(listing, ETAG), json([]));
    const { address } = renderApp("/7/edit");
    await type("Title", "Flat by the sea");
    await userEvent.click(screen.getByRole("link", { name: "Homes" }));
    await userEvent.click(await button("Stay"));
    expect(address()).toBe("/7/edit");
    await userEvent.click(screen.getByRole("link", { name: "Homes" }));
    await userEvent.click(await button("Leave"));

    await waitFor(() => {
      expect(address()).toBe("/");
    });
    expect(localStorage.getItem("draft 7")).toContain("Flat by the sea");
  });

  test("of somebody else is refused in plain words", async () => {
    answering(json(listing, ETAG), problem(403, "listing-of-another"));
    renderApp("/7/edit");
    await type("Title", "Mine");
    await userEvent.click(await button("Save"));

    expect(await screen.findByRole("alert")).toHaveTextContent("This home belongs to somebody else");
  });
});
