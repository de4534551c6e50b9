import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { renderApp } from "../testing/app";
import { answering, json, problem } from "../testing/server";
import type { Account, Key } from "./queries";

const CREATED = "2026-01-12T09:23:36Z";
const ACCOUNT: Account = { id: 2, name: "Agence du Parc", kind: "agency", suspended: false, created_date: CREATED };
const KEY: Key = {
  id: 5,
  name: "the website",
  hint: "lst_ab",
  scopes: ["listings:read"],
  created_date: CREATED,
  created_by: "operator",
};

test("an account is added to the others, and a name that is taken is told of beside it", async () => {
  const asked = answering(json([ACCOUNT]), problem(409, "account-name-taken", [{ pointer: "/name", detail: "" }]));
  renderApp("/agents/accounts");
  expect(await screen.findByRole("link", { name: ACCOUNT.name })).toHaveAttribute("href", "/agents/accounts/2");
  await userEvent.type(screen.getByLabelText("Name"), ACCOUNT.name);
  await userEvent.click(screen.getByRole("button", { name: "Add the account" }));

  expect(await screen.findByText("Another account has this name.")).toBeVisible();
  expect(screen.getByLabelText("Name")).toHaveValue(ACCOUNT.name);
  expect(await asked[1]?.json()).toMatchObject({ name: ACCOUNT.name });
});

test("a key is made with some rights only, and shown until somebody has it", async () => {
  const made = { ...KEY, key: "lst_secret" };
  const asked = answering(json(ACCOUNT), json([]), json(made), json([KEY]));
  renderApp("/agents/accounts/2");
  await userEvent.type(await screen.findByLabelText("What is it for?"), KEY.name);
  await userEvent.click(screen.getByLabelText("Only these"));
  expect(screen.getByRole("button", { name: "Make a key" })).toBeDisabled();
  await userEvent.click(screen.getByLabelText("Read homes and prices"));
  await userEvent.click(screen.getByRole("button", { name: "Make a key" }));
  expect(await screen.findByText("lst_secret")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "I have it" }));

  expect(screen.queryByText("lst_secret")).toBeNull();
  expect(await asked[2]?.json()).toEqual({ name: KEY.name, scopes: ["listings:read"] });
});

test("an account is suspended only when that is confirmed", async () => {
  const asked = answering(json(ACCOUNT), json([]), json({ ...ACCOUNT, suspended: true }));
  renderApp("/agents/accounts/2");
  await userEvent.click(await screen.findByRole("button", { name: "Suspend" }));
  const question = screen.getByRole("dialog", { name: "Suspend Agence du Parc?" });
  await userEvent.click(within(question).getByRole("button", { name: "Cancel" }));
  expect(asked.map(({ method }) => method)).toEqual(["GET", "GET"]);
  await userEvent.click(screen.getByRole("button", { name: "Suspend" }));
  await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Suspend" }));

  expect(await asked[2]?.json()).toEqual({ suspended: true });
});

test("an account that there is not says so", async () => {
  answering(problem(404, "account-not-found"));
  renderApp("/agents/accounts/4");

  expect(await screen.findByText("There is no such account")).toBeVisible();
});
