import { cleanup, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";

import { renderApp } from "../testing/app";
import { allowing, answering, EVERYTHING, json, problem } from "../testing/server";

const CREATED = "2026-01-12T09:23:36Z";
const ACCOUNT = { id: 3, name: "Immo", kind: "agency", suspended: false, created_date: CREATED };
const SECRET = "tell-nobody";

const FORMS = [
  { path: "/agents/accounts", label: "Name", place: "draft account", reads: () => [json([ACCOUNT])] },
  {
    path: "/agents/accounts/3",
    label: "What is it for?",
    place: "draft key of 3",
    reads: () => [json(ACCOUNT), json([])],
  },
  { path: "/agents/webhooks", label: "Address", place: "draft webhook", reads: () => [json([])] },
];
const button = (name: string) => screen.findByRole("button", { name });

/** Come to a page anew, as after a reload. */
function comeTo(path: string, ...answers: Response[]): Request[] {
  cleanup();
  const asked = answering(...answers);
  renderApp(path);
  return asked;
}

describe.each(FORMS)("what is written on $path", ({ path, label, place, reads }) => {
  test("is put back when one comes back, and thrown away when it is not wanted", async () => {
    comeTo(path, ...reads());
    await userEvent.type(await screen.findByLabelText(label), "https://mine");
    comeTo(path, ...reads());
    expect(await screen.findByLabelText(label)).toHaveValue("https://mine");
    expect(screen.getByText(/These are your unsaved changes of/)).toBeVisible();
    await userEvent.click(await button("Throw them away"));

    expect(screen.getByLabelText(label)).toHaveValue("");
    expect(localStorage.getItem(place)).toBeNull();
  });

  test("is not left without a question", async () => {
    comeTo(path, ...reads(), json([]));
    await userEvent.type(await screen.findByLabelText(label), "mine");
    await userEvent.click(screen.getByRole("link", { name: "Homes" }));

    expect(await screen.findByRole("dialog", { name: "Leave this page?" })).toBeVisible();
  });

  test("stays when it is refused, and what is said of a field goes as soon as that is changed", async () => {
    const field = path === "/agents/webhooks" ? "/url" : "/name";
    comeTo(path, ...reads(), problem(422, "invalid-request", [{ pointer: field, detail: "is wrong" }]));
    const control = await screen.findByLabelText(label);
    await userEvent.type(control, "https://mine");
    await userEvent.keyboard("{Enter}");
    await waitFor(() => {
      expect(control).toBeInvalid();
    });
    expect(localStorage.getItem(place)).toContain("https://mine");
    await userEvent.type(control, "e");

    expect(control).toBeValid();
  });
});

describe("what somebody has written", () => {
  /** Come to the page of a new home, as somebody with a key of an account. */
  async function comeAs(account: number) {
    cleanup();
    sessionStorage.clear();
    allowing({ ...EVERYTHING, account });
    const { router } = renderApp("/sign-in");
    await userEvent.type(await screen.findByLabelText("API key"), `key of ${account}{Enter}`);
    await button("Sign out");
    await router.navigate("/new");
    return screen.findByLabelText("Title");
  }

  test("is there for their account when it signs in again, and for nobody else", async () => {
    answering(json([]), json([]), json([]));
    await userEvent.type(await comeAs(3), "Flat near the lake");
    expect(await comeAs(4)).toHaveValue("");
    await userEvent.type(screen.getByLabelText("Title"), "House");
    expect(await comeAs(3)).toHaveValue("Flat near the lake");
  });

  test("is taken from the page when they sign out, and is there when they are back", async () => {
    answering(json([]), json([]));
    await userEvent.type(await comeAs(3), "Flat near the lake");
    await userEvent.click(await button("Sign out"));
    expect(await screen.findByLabelText("Title")).toHaveValue("");
    expect(screen.queryByText(/These are your unsaved changes/)).toBeNull();

    expect(await comeAs(3)).toHaveValue("Flat near the lake");
  });
});

test("the draft of an account is gone with the account that was made of it", async () => {
  const asked = comeTo("/agents/accounts", json([]), json({ ...ACCOUNT, kind: "portal" }), json([ACCOUNT]));
  await userEvent.type(await screen.findByLabelText("Name"), "Immo");
  await userEvent.selectOptions(screen.getByLabelText("Kind"), "Portal");
  await userEvent.click(await button("Add the account"));

  expect(await screen.findByText("The account Immo is there.")).toBeVisible();
  expect(await asked[1]?.json()).toEqual({ name: "Immo", kind: "portal" });
  expect(screen.getByLabelText("Name")).toHaveValue("");
  expect(screen.getByLabelText("Name")).toBeValid();
  expect(localStorage).toHaveLength(0);
});

test("the draft of a key has its rights, and nothing of the key that was made of it", async () => {
  comeTo("/agents/accounts/3", json(ACCOUNT), json([]));
  await userEvent.type(await screen.findByLabelText("What is it for?"), "Website");
  await userEvent.click(screen.getByLabelText("Only these"));
  await userEvent.click(screen.getByLabelText("Change prices"));
  const made = { id: 5, name: "Website", hint: "lst", scopes: ["prices:write"], created_date: CREATED, key: SECRET };
  const asked = comeTo("/agents/accounts/3", json(ACCOUNT), json([]), json(made), json([]));
  expect(await screen.findByLabelText("Change prices")).toBeChecked();
  await userEvent.click(await button("Make a key"));
  expect(await screen.findByText(SECRET)).toBeVisible();

  expect(await asked[2]?.json()).toEqual({ name: "Website", scopes: ["prices:write"] });
  expect(localStorage).toHaveLength(0);
});

test.each([`https://me:${SECRET}@example.com/`, `https://me:${SECRET}`, `https://example.com/?token=${SECRET}`])(
  "an address that may have a secret in it is not kept, while all else is: %s",
  async (url) => {
    comeTo("/agents/webhooks", json([]));
    await userEvent.type(await screen.findByLabelText("Address"), url);
    await userEvent.click(screen.getByLabelText("A home was listed"));
    expect(localStorage.getItem("draft webhook")).not.toContain(SECRET);
    comeTo("/agents/webhooks", json([]));

    expect(await screen.findByLabelText("A home was listed")).toBeChecked();
    expect(screen.getByLabelText("Address")).toHaveValue("");
  },
);
