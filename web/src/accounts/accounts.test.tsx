import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import type { Schemas } from "../api/client";
import { renderApp } from "../testing/app";
import { held } from "../testing/held";
import { accessAnswer, allowing, answering, json, problem } from "../testing/server";

const ACCOUNT: Schemas["Account"] = {
  id: 3,
  name: "Immo",
  kind: "agency",
  suspended: false,
  created_date: "2026-03-17T08:17:32Z",
};
const KEY: Schemas["APIKey"] = {
  id: 5,
  name: "Website",
  hint: "lst_abcd",
  scopes: ["listings:read", "prices:write"],
  created_date: "2026-03-17T08:17:32Z",
  created_by: "key 1",
};
const LOST = new TypeError("offline");
const keyOf = (request: Request | undefined) => request?.headers.get("Idempotency-Key");
const button = (name: string) => screen.findByRole("button", { name });

describe("what agents are led to", () => {
  test("is what they may do, and nothing else", async () => {
    answering();
    allowing({ scopes: ["listings:write", "webhooks:write"], own: [] });
    renderApp("/agents");

    const links = within(await screen.findByRole("list")).getAllByRole("link");

    expect(links.map((link) => link.getAttribute("href"))).toEqual(["/new", "/agents/webhooks"]);
  });

  test("is the way to sign in for whoever may do nothing", async () => {
    answering();
    allowing({ scopes: ["listings:read"], own: [] });
    renderApp("/agents");

    expect(await screen.findByText(/There is nothing here that you may do/)).toBeVisible();
    expect(within(screen.getByRole("main")).getByRole("link", { name: "Sign in" })).toBeVisible();
  });

  test("can be asked for again", async () => {
    answering();
    allowing(problem(500, "blank"));
    renderApp("/agents");
    const again = await button("Try again");
    allowing({ scopes: ["accounts:admin"], own: [] });
    await userEvent.click(again);

    expect(await screen.findByRole("link", { name: "Accounts and API keys" })).toBeVisible();
  });
});

describe("an account", () => {
  test("is added, and its name is told to be taken beside its field", async () => {
    const asked = answering(json([ACCOUNT]), problem(409, "account-name-taken"), json(ACCOUNT), json([ACCOUNT]));
    renderApp("/agents/accounts");
    const name = await screen.findByLabelText("Name");
    await userEvent.type(name, "Immo");
    await userEvent.click(await button("Add the account"));
    expect(await screen.findByText("Another account has this name.")).toBeVisible();
    expect(name).toBeInvalid();
    await userEvent.type(name, " 2");
    await userEvent.click(await button("Add the account"));

    expect(await screen.findByText("The account Immo is there.")).toBeVisible();
    expect(await asked[2]?.json()).toEqual({ name: "Immo 2", kind: "agency" });
  });

  test("is sent again under its key when the answer was lost", async () => {
    const asked = answering(json([]), LOST, json(ACCOUNT), json([ACCOUNT]));
    renderApp("/agents/accounts");
    await userEvent.type(await screen.findByLabelText("Name"), "Immo");
    await userEvent.click(await button("Add the account"));
    await screen.findByText(/can't be reached/);
    await userEvent.click(await button("Add the account"));
    await screen.findByText("The account Immo is there.");

    expect(keyOf(asked[1])).toMatch(/^[0-9a-f]{32}$/);
    expect(keyOf(asked[2])).toBe(keyOf(asked[1]));
  });

  test("is suspended only if that is meant", async () => {
    const asked = answering(json(ACCOUNT), json([]), json({ ...ACCOUNT, suspended: true }), json(ACCOUNT), json([]));
    renderApp("/agents/accounts/3");
    await userEvent.click(await button("Suspend"));
    await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Cancel" }));
    expect(asked).toHaveLength(2);
    await userEvent.click(await button("Suspend"));
    await userEvent.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Suspend" }));

    expect(await screen.findByText("The account is suspended.")).toBeInTheDocument();
    expect(await asked[2]?.json()).toEqual({ suspended: true });
  });

  test("that there is not says so", async () => {
    answering(problem(404, "account-not-found"), problem(404, "account-not-found"));
    renderApp("/agents/accounts/99");

    expect(await screen.findByText("There is no such account")).toBeVisible();
  });
});

describe("a key", () => {
  test("has the rights that were chosen, and is shown until somebody says that they have it", async () => {
    const made = { ...KEY, key: "lst_abcdefg" };
    const asked = answering(json(ACCOUNT), json([]), json(made), json([KEY]));
    renderApp("/agents/accounts/3");
    await userEvent.type(await screen.findByLabelText("What is it for?"), "Website");
    await userEvent.click(screen.getByLabelText("Only these"));
    expect(await button("Make a key")).toBeDisabled();
    expect(screen.getByText("Choose at least one right.")).toBeVisible();
    await userEvent.click(screen.getByLabelText("Change prices"));
    await userEvent.click(await button("Make a key"));
    expect(await screen.findByText("lst_abcdefg")).toBeVisible();
    expect(await asked[2]?.json()).toEqual({ name: "Website", scopes: ["prices:write"] });
    await userEvent.click(await button("I have it"));

    expect(screen.queryByText("lst_abcdefg")).toBeNull();
    expect(await screen.findByRole("heading", { name: "Website" })).toBeVisible();
  });

  test("of which the answer was lost is not made twice, and the next one is filled in", async () => {
    const made = { ...KEY, key: "lst_abcdefg" };
    const asked = answering(json(ACCOUNT), json([]), LOST, json(KEY), json([KEY]), json(made), json([KEY]));
    renderApp("/agents/accounts/3");
    await userEvent.type(await screen.findByLabelText("What is it for?"), "Website");
    await userEvent.click(await button("Make a key"));
    await screen.findByText(/can't be reached/);
    await userEvent.click(await button("Make a key"));
    expect(await screen.findByText(/^The key “Website” was made, but nobody was told it/)).toBeVisible();
    expect(await screen.findByRole("heading", { name: "Website" })).toBeVisible();
    expect(keyOf(asked[3])).toBe(keyOf(asked[2]));
    await userEvent.click(await button("Make a key"));
    expect(await screen.findByText("lst_abcdefg")).toBeVisible();

    expect(keyOf(asked[5])).toMatch(/^[0-9a-f]{32}$/);
    expect(keyOf(asked[5])).not.toBe(keyOf(asked[2]));
    expect(screen.queryByText(/nobody was told it/)).toBeNull();
  });

  test("is revoked only if that is meant", async () => {
    const asked = answering(json(ACCOUNT), json([KEY]), new Response(null, { status: 204 }), json([]));
    renderApp("/agents/accounts/3");
    await userEvent.click(await screen.findByRole("button", { name: /Website/ }));
    const dialog = within(await screen.findByRole("dialog"));
    await userEvent.click(dialog.getAllByRole("button")[0] as HTMLElement);

    expect(await screen.findByText("No keys yet")).toBeVisible();
    expect([asked[2]?.method, new URL(asked[2]?.url ?? "").pathname]).toEqual(["DELETE", "/accounts/3/keys/5"]);
  });
});

test.each([
  ["/agents/accounts", [[]], "Name", "Add the account"],
  ["/agents/accounts/3", [ACCOUNT, []], "What is it for?", "Make a key"],
])("on %s a button keeps the focus while it is sent, and sends once", async (path, read, label, name) => {
  const answers: unknown[] = [...read];
  const sent = vi.fn(() => held<Response>().promise);
  vi.stubGlobal("fetch", (request: Request) => {
    if (request.method === "POST") return sent();
    return accessAnswer(request) ?? Promise.resolve(json(answers.shift()));
  });
  renderApp(path);
  await userEvent.type(await screen.findByLabelText(label), "Immo");
  await userEvent.click(await button(name));
  await userEvent.click(await button(name));

  expect(await button(name)).toHaveFocus();
  expect(await button(name)).toHaveAttribute("aria-disabled", "true");
  expect(sent).toHaveBeenCalledOnce();
});

test("the next accounts come by the button, which asks once and leaves the focus there", async () => {
  const next = held<Response>();
  const first = json([ACCOUNT], { link: '</accounts?cursor=abc>; rel="next"' });
  const answers = [Promise.resolve(first), next.promise];
  vi.stubGlobal("fetch", (request: Request) => accessAnswer(request) ?? answers.shift());
  renderApp("/agents/accounts");
  await userEvent.click(await button("Show more"));
  const coming = await button("Loading…");
  expect(coming).toHaveFocus();
  await userEvent.click(coming); // a third answer there is none
  next.release(json([{ ...ACCOUNT, id: 4, name: "Second" }]));

  expect(await screen.findByRole("link", { name: "Second" })).toBeVisible();
  expect(document.body).not.toHaveFocus();
});
