import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { renderApp } from "../testing/app";
import { FAILED } from "../testing/deliveries";
import { answering, json, problem } from "../testing/server";
import type { Webhook } from "./queries";

const WEBHOOK: Webhook = {
  id: 3,
  url: "https://www.example.com/hooks",
  types: ["price.changed"],
  state: "active",
  created_date: "2026-01-12T09:23:36Z",
  updated_date: "2026-01-12T09:23:36Z",
};

test("what is wrong stands beside its field, and what was written stays", async () => {
  const asked = answering(json([]), problem(422, "invalid", [{ pointer: "/url", detail: "can't be reached" }]));
  renderApp("/agents/webhooks");
  expect(await screen.findByText("No webhooks yet")).toBeVisible();
  await userEvent.type(screen.getByLabelText("Address"), "https://10.0.0.1/hooks");
  await userEvent.click(screen.getByRole("button", { name: "Add the webhook" }));

  const address = screen.getByLabelText("Address");
  expect(await screen.findByText(/can be reached from the server/)).toBeVisible();
  expect(address).toHaveValue("https://10.0.0.1/hooks");
  expect(await asked[1]?.json()).toEqual({ url: "https://10.0.0.1/hooks", types: ["price.changed"] });
});

test("the secret of a new webhook is shown until somebody has it", async () => {
  answering(json([]), json({ ...WEBHOOK, secret: "whsec_once" }), json([WEBHOOK]));
  renderApp("/agents/webhooks");
  await userEvent.type(await screen.findByLabelText("Address"), WEBHOOK.url);
  await userEvent.click(screen.getByRole("button", { name: "Add the webhook" }));
  expect(await screen.findByText("whsec_once")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "I have it" }));

  expect(screen.queryByText("whsec_once")).toBeNull();
  expect(await screen.findByRole("link", { name: WEBHOOK.url })).toHaveAttribute("href", "/agents/webhooks/3");
});

test("a delivery that failed says what was answered, and is sent again", async () => {
  const again = { ...FAILED, state: "pending" as const };
  const asked = answering(json(WEBHOOK), json([FAILED]), json(again), json([again]));
  renderApp("/agents/webhooks/3");
  await userEvent.click(await screen.findByRole("button", { name: "Send again: delivery 9" }));

  expect(await screen.findByText("It is being sent again.")).toBeVisible();
  expect(asked[2]?.url).toMatch(/\/webhooks\/3\/deliveries\/9\/replay$/);
});

test("a webhook that there is not says so", async () => {
  answering(problem(404, "webhook-not-found"));
  renderApp("/agents/webhooks/4");

  expect(await screen.findByText("There is no such webhook")).toBeVisible();
});
