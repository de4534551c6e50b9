import { cleanup, createEvent, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { renderApp } from "../testing/app";
import { held } from "../testing/held";
import { aListing } from "../testing/listings";
import { accessAnswer, answering, json, problem } from "../testing/server";
import type { Review } from "./queries";

const REVIEW: Review = {
  listing_id: 7,
  version: 2,
  account_id: 1,
  price_eur: 10000,
  previous_price_eur: 100000,
  created_date: "2026-03-17T08:17:32Z",
  flags: [{ rule_id: 1, kind: "largest-change", action: "flag", detail: "The price changes by -90.00 %." }],
  state: "open",
};

// jsdom has no dialogs
beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
  };
});

test("a flagged price says what it is and what the rules have against it", async () => {
  answering(json([REVIEW]));
  renderApp("/agents/reviews");

  expect(await screen.findByText("Home 7: from €100,000 to €10,000 (-90%)")).toBeVisible();
  expect(screen.getByText("The price changes by -90.00 %.")).toBeVisible();
});

test("what is approved is not to be decided any more", async () => {
  const asked = answering(json([REVIEW]), json({ ...REVIEW, state: "approved" }), json([]));
  renderApp("/agents/reviews");
  await userEvent.click(await screen.findByRole("button", { name: "Approve the price of home 7" }));

  expect(await screen.findByText("Nothing to decide")).toBeVisible();
  expect(screen.getByText("The price of home 7 is approved.")).toBeVisible();
  expect([asked[1]?.method, new URL(asked[1]?.url ?? "").pathname]).toEqual(["POST", "/price-reviews/7/2/approval"]);
});

test("a rejection needs a reason, and sends the right price", async () => {
  const asked = answering(json([REVIEW]), json({ ...REVIEW, state: "corrected" }), json([]));
  renderApp("/agents/reviews");
  await userEvent.click(await screen.findByRole("button", { name: "Reject the price of home 7" }));
  await userEvent.type(screen.getByLabelText("The right price in €"), "101000,50");
  await userEvent.click(screen.getByRole("button", { name: "Correct the price" }));
  expect(await screen.findByText("Say why, in at most 2 000 characters.")).toBeVisible();
  await userEvent.type(screen.getByLabelText("Reason"), "a zero was missing");
  await userEvent.click(screen.getByRole("button", { name: "Correct the price" }));

  expect(await screen.findByText("The price of home 7 is corrected.")).toBeVisible();
  expect(await asked[1]?.json()).toEqual({ price_eur: 101000.5, reason: "a zero was missing" });
});

test("buttons can be focused while a decision is sent, and send it once", async () => {
  answering(json([REVIEW]));
  renderApp("/agents/reviews");
  const approve = await screen.findByRole("button", { name: "Approve the price of home 7" });
  const fetched = vi.fn(() => held<Response>().promise);
  vi.stubGlobal("fetch", fetched);
  await userEvent.click(approve);
  await userEvent.click(approve);
  expect(approve).not.toBeDisabled();
  expect(approve).toHaveAttribute("aria-disabled", "true");
  await userEvent.click(screen.getByRole("button", { name: "Reject the price of home 7" }));
  await userEvent.type(screen.getByLabelText("Reason"), "a zero was missing");
  const reject = screen.getByRole("button", { name: "Correct the price" });
  await userEvent.click(reject);
  await userEvent.click(reject);

  expect(reject).not.toBeDisabled();
  expect(reject).toHaveAttribute("aria-disabled", "true");
  expect(fetched).toHaveBeenCalledTimes(2);
});

test("a price that was corrected is the right one where the home is shown", async () => {
  answering(
    json([aListing({ latest_price_eur: 10000 })]),
    json([REVIEW]),
    json({ ...REVIEW, state: "corrected" }),
    json([]),
    json([aListing({ latest_price_eur: 101000 })]),
  );
  const { router } = renderApp("/");
  expect(await screen.findByText("€10,000")).toBeVisible();
  await router.navigate("/agents/reviews");
  await userEvent.click(await screen.findByRole("button", { name: "Reject the price of home 7" }));
  await userEvent.type(screen.getByLabelText("The right price in €"), "101000");
  await userEvent.type(screen.getByLabelText("Reason"), "a zero was missing");
  await userEvent.click(screen.getByRole("button", { name: "Correct the price" }));
  await screen.findByText("Nothing to decide");
  await router.navigate("/");

  expect(await screen.findByText("€101,000")).toBeVisible();
});

test.each([
  [403, "insufficient-scope", /^Your key lets you see these prices/],
  [410, "listing-withdrawn", /^This home was withdrawn/],
  [409, "correction-refused", /^That would change nothing/],
])("a refusal is told in plain words: %i %s", async (status, kind, words) => {
  answering(json([REVIEW]), problem(status, kind));
  renderApp("/agents/reviews");
  await userEvent.click(await screen.findByRole("button", { name: "Approve the price of home 7" }));

  await waitFor(() => {
    expect(screen.getByRole("alert")).toHaveTextContent(words);
  });
});

test("whoever is slower is told so, and sees the list as it is", async () => {
  answering(json([REVIEW]), problem(409, "price-review-settled"), json([]));
  renderApp("/agents/reviews");
  await userEvent.click(await screen.findByRole("button", { name: "Approve the price of home 7" }));

  expect(await screen.findByText(/^Somebody else has decided on the price of home 7/)).toBeVisible();
  expect(await screen.findByText("Nothing to decide")).toBeVisible();
});

test.each([
  ["101 000", 101000],
  ["101.000", 101000],
  ["1.000.000", 1000000],
  ["101000.50 €", 101000.5],
])("the right price is read as in all forms, and its change is shown: %s", async (text, price) => {
  const asked = answering(json([REVIEW]), json({ ...REVIEW, state: "corrected" }), json([]));
  renderApp("/agents/reviews");
  await userEvent.click(await screen.findByRole("button", { name: "Reject the price of home 7" }));
  await userEvent.type(screen.getByLabelText("The right price in €"), text);
  expect(screen.getByText(/^from €10,000 to €1[\d,.]+$/)).toBeVisible();
  await userEvent.type(screen.getByLabelText("Reason"), "a zero was missing");
  await userEvent.click(screen.getByRole("button", { name: "Correct the price" }));
  await screen.findByText("The price of home 7 is corrected.");

  expect(await asked[1]?.json()).toEqual({ price_eur: price, reason: "a zero was missing" });
});

test("the next page waits for the first one while that is read anew after a decision", async () => {
  const anew = held<Response>();
  const later = { ...REVIEW, version: 3 };
  const asked: string[] = [];
  const answers = [
    json([REVIEW, later], { link: '</price-reviews?cursor=next>; rel="next"' }),
    json({ ...REVIEW, state: "approved" }),
    anew.promise,
    json([]),
  ];
  vi.stubGlobal("fetch", (request: Request) => {
    const allowed = accessAnswer(request);
    if (allowed) return allowed;
    asked.push(new URL(request.url).search);
    return Promise.resolve(answers.shift());
  });
  renderApp("/agents/reviews");
  const [approval] = await screen.findAllByRole("button", { name: "Approve the price of home 7" });
  await userEvent.click(approval as HTMLElement);
  await screen.findByText("The price of home 7 is approved.");
  const more = screen.getByRole("button", { name: "Show more" });
  expect(more).toHaveAttribute("aria-disabled", "true");
  await userEvent.click(more);
  expect(asked).toHaveLength(3);
  anew.release(json([later]));

  await waitFor(() => {
    expect(screen.getAllByRole("article")).toHaveLength(1);
  });
});

test.each(["much", "-1", "99.9999"])("what is no price is told of beside it, and not sent: %s", async (text) => {
  const asked = answering(json([REVIEW]));
  renderApp("/agents/reviews");
  await userEvent.click(await screen.findByRole("button", { name: "Reject the price of home 7" }));
  await userEvent.type(screen.getByLabelText("The right price in €"), text);
  await userEvent.type(screen.getByLabelText("Reason"), "a zero was missing{Tab}");
  await userEvent.click(screen.getByRole("button", { name: "Correct the price" }));

  expect(await screen.findByText("A price in euros, such as 285000 or 285000.50.")).toBeVisible();
  expect(screen.queryByText(/^from €10,000 to/)).toBeNull();
  expect(asked).toHaveLength(1);
});

describe("what is written of a rejection", () => {
  /** Come to the page anew, as after a reload, and begin to reject. */
  async function reject(...answers: Response[]) {
    cleanup();
    const asked = answering(json([REVIEW, { ...REVIEW, version: 3 }]), ...answers);
    const { router } = renderApp("/agents");
    await router.navigate("/agents/reviews");
    const buttons = await screen.findAllByRole("button", { name: "Reject the price of home 7" });
    await userEvent.click(buttons[0] as HTMLElement);
    return { asked, reason: screen.getByLabelText("Reason"), buttons, router };
  }

  test("is there again after a reload, for that price alone, until it is thrown away", async () => {
    const { reason } = await reject();
    await userEvent.type(screen.getByLabelText("The right price in €"), "101000");
    await userEvent.type(reason, "a zero was missing");
    const again = await reject();
    expect(again.reason).toHaveValue("a zero was missing");
    expect(screen.getByLabelText("The right price in €")).toHaveValue("101000");
    expect(screen.getByText(/These are your unsaved changes of/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await userEvent.click(again.buttons[1] as HTMLElement);
    expect(screen.getByLabelText("Reason")).toHaveValue("");
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await userEvent.click(again.buttons[0] as HTMLElement);
    await userEvent.click(screen.getByRole("button", { name: "Throw them away" }));

    expect(screen.getByLabelText("Reason")).toHaveValue("");
    expect(localStorage).toHaveLength(0);
  });

  test.each([
    ["it is sent", () => json({ ...REVIEW, state: "corrected" })],
    ["somebody else was faster", () => problem(409, "price-review-settled")],
  ])("is gone when %s", async (_when, answer) => {
    const { reason } = await reject(answer(), json([]));
    await userEvent.type(reason, "a zero was missing");
    await userEvent.click(screen.getByRole("button", { name: "Correct the price" }));
    await screen.findByText("Nothing to decide");

    expect(localStorage).toHaveLength(0);
  });

  test.each([
    ["it is approved", () => json({ ...REVIEW, state: "approved" })],
    ["somebody else was faster than who approves it", () => problem(409, "price-review-settled")],
  ])("is gone when %s", async (_when, answer) => {
    const { reason } = await reject(answer(), json([]));
    await userEvent.type(reason, "a zero was missing");
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    const [approval] = screen.getAllByRole("button", { name: "Approve the price of home 7" });
    await userEvent.click(approval as HTMLElement);
    await screen.findByText("Nothing to decide");

    expect(localStorage).toHaveLength(0);
  });

  test("is not left without a question, to which Escape says no and no more", async () => {
    const { reason, router } = await reject();
    await userEvent.type(reason, "a zero");
    await router.navigate(-1);
    const question = await screen.findByRole("dialog", { name: "Leave this page?" });
    expect(question).toBeVisible();
    fireEvent(question, createEvent("cancel", question, { bubbles: false, cancelable: true }));

    await waitFor(() => {
      expect(question).not.toBeInTheDocument();
    });
    expect(screen.getByRole("dialog", { name: "Reject the price of home 7" })).toBeVisible();
  });
});
