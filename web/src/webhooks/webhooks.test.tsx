import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import type { Schemas } from "../api/client";
import { renderApp } from "../testing/app";
import { held } from "../testing/held";
import { accessAnswer, answering, json, problem } from "../testing/server";

const WEBHOOK: Schemas["Webhook"] = {
  id: 4,
  url: "https://www.example.com/hooks",
  types: ["price.changed"],
  min_cut_percent: 5,
  state: "active",
  created_date: "2026-03-17T08:17:32Z",
  updated_date: "2026-03-17T08:17:32Z",
};
const DELIVERY: Schemas["WebhookDelivery"] = {
  id: 9,
  event_id: "1",
  type: "price.changed",
  listing_id: 7,
  state: "failed",
  attempts: [{ date: "2026-03-17T08:17:32Z", status: 500, milliseconds: 12 }],
  created_date: "2026-03-17T08:17:32Z",
};
const LOST = new TypeError("offline");
const keyOf = (request: Request | undefined) => request?.headers.get("Idempotency-Key");
const button = (name: string | RegExp) => screen.findByRole("button", { name });
const sent = (request: Request | undefined) => `${request?.method ?? ""} ${new URL(request?.url ?? "").pathname}`;

test("a webhook is added with what it is for, and its secret is shown once", async () => {
  const asked = answering(json([]), json({ ...WEBHOOK, secret: "whsec_once" }), json([WEBHOOK]));
  renderApp("/agents/webhooks");
  expect(await screen.findByText("No webhooks yet")).toBeVisible();
  await userEvent.type(screen.getByLabelText("Address"), "https://www.example.com/hooks");
  await userEvent.type(screen.getByLabelText(/only cuts of at least/), "2,5");
  await userEvent.click(await button("Add the webhook"));
  expect(await screen.findByText("whsec_once")).toBeVisible();
  expect(await asked[1]?.json()).toEqual({ url: WEBHOOK.url, types: ["price.changed"], min_cut_percent: "2.5" });
  await userEvent.click(await button("I have it"));

  expect(screen.queryByText("whsec_once")).toBeNull();
  expect(await screen.findByRole("link", { name: WEBHOOK.url })).toHaveAttribute("href", "/agents/webhooks/4");
  expect(screen.getByText(/cuts from 5%/)).toBeVisible();
});

test("a webhook of which the answer was lost is not made twice, and leads to where it gets a secret", async () => {
  const asked = answering(json([]), LOST, json(WEBHOOK), json([WEBHOOK]));
  renderApp("/agents/webhooks");
  await userEvent.type(await screen.findByLabelText("Address"), WEBHOOK.url);
  await userEvent.click(await button("Add the webhook"));
  await screen.findByText(/can't be reached/);
  await userEvent.click(await button("Add the webhook"));
  expect(await screen.findByText(/its secret was lost on the way/)).toBeVisible();

  expect(keyOf(asked[1])).toMatch(/^[0-9a-f]{32}$/);
  expect(keyOf(asked[2])).toBe(keyOf(asked[1]));
  expect(screen.getByRole("link", { name: "Make another secret…" })).toHaveAttribute("href", "/agents/webhooks/4");
  expect(screen.getByLabelText("Address")).toHaveValue("");
});

test("another secret is made once, however often it is asked for while nothing is answered", async () => {
  const read = () => [json(WEBHOOK), json([])];
  const asked = answering(...read(), LOST, json({ ...WEBHOOK, secret: "whsec_other" }), ...read());
  renderApp("/agents/webhooks/4");
  await userEvent.click(await button("Make another secret…"));
  const yes = within(await screen.findByRole("dialog")).getByRole("button", { name: "Make another secret" });
  await userEvent.click(yes);
  await screen.findByText(/can't be reached/);
  await userEvent.click(yes);
  expect(await screen.findByText("whsec_other")).toBeVisible();

  expect(keyOf(asked[2])).toMatch(/^[0-9a-f]{32}$/);
  expect(keyOf(asked[3])).toBe(keyOf(asked[2]));
});

test.each(["Pause", "Delete the webhook", "Send again: delivery 9", "Refresh"])(
  "the button “%s” keeps the focus while it is at work, and does it once",
  async (name) => {
    const answers = [json(WEBHOOK), json([DELIVERY])];
    const late = vi.fn(() => held<Response>().promise);
    vi.stubGlobal("fetch", (request: Request) => {
      const answer = () => (answers.length > 0 ? Promise.resolve(answers.shift()) : late());
      return accessAnswer(request) ?? answer();
    });
    renderApp("/agents/webhooks/4");
    await button("Refresh");
    await screen.findByText(/, 12 ms: 500$/);
    if (name.startsWith("Delete")) await userEvent.click(await button("Delete…"));
    await userEvent.click(await button(name));
    await userEvent.click(await button(name));

    expect(await button(name)).toHaveFocus();
    expect(await button(name)).toHaveAttribute("aria-disabled", "true");
    expect(late).toHaveBeenCalledOnce();
  },
);

test("what can be no address, and what the server refuses, stands beside its field", async () => {
  const refusal = problem(422, "invalid-request", [{ pointer: "/url", detail: "must be another address" }]);
  const asked = answering(json([]), refusal);
  renderApp("/agents/webhooks");
  const field = await screen.findByLabelText("Address");
  await userEvent.type(field, "example");
  await userEvent.click(await button("Add the webhook"));
  expect(await screen.findByText(/An address that begins with https/)).toBeVisible();
  expect(asked).toHaveLength(1);
  await userEvent.clear(field);
  await userEvent.type(field, "https://10.0.0.1/");
  await userEvent.click(await button("Add the webhook"));

  expect(await screen.findByText(/An address that begins with https/)).toBeVisible();
  expect(field).toBeInvalid();
});

test("a webhook is paused, and deleted only if that is meant", async () => {
  const read = () => [json(WEBHOOK), json([])];
  const asked = answering(
    ...read(),
    json({ ...WEBHOOK, state: "paused" }),
    ...read(),
    new Response(null, { status: 204 }),
  );
  renderApp("/agents/webhooks/4");
  await userEvent.click(await button("Pause"));
  expect(await screen.findByText(/The webhook is paused/)).toBeInTheDocument();
  expect(await asked[2]?.json()).toEqual({ state: "paused" });
  await userEvent.click(await button("Delete…"));
  const dialog = within(await screen.findByRole("dialog"));
  await userEvent.click(dialog.getByRole("button", { name: "Delete the webhook" }));

  expect(await screen.findByText("The webhook is deleted.")).toBeInTheDocument();
  expect(asked.map(sent)).toContain("DELETE /webhooks/4");
});

test("what was not delivered says why, and is sent again", async () => {
  const again = json({ ...DELIVERY, state: "pending" });
  const asked = answering(json(WEBHOOK), json([DELIVERY]), again, json([DELIVERY]));
  renderApp("/agents/webhooks/4");
  expect(await screen.findByText(/, 12 ms: 500$/)).toBeVisible();
  await userEvent.click(await button(/9/));

  await screen.findByText(/Waiting|Failed/, { selector: "p" });
  expect(sent(asked[2])).toBe("POST /webhooks/4/deliveries/9/replay");
});

test("a webhook that there is not says so", async () => {
  answering(problem(404, "webhook-not-found"), problem(404, "webhook-not-found"));
  renderApp("/agents/webhooks/99");

  expect(await screen.findByText("There is no such webhook")).toBeVisible();
});
