import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";

import { apiKey } from "../api/session";
import { renderApp } from "../testing/app";
import { held } from "../testing/held";
import { allowing, answering, json, problem } from "../testing/server";
import { placeIn } from "./place";

async function signInWith(key: string) {
  const field = await screen.findByLabelText("API key");
  await userEvent.type(field, `${key}{Enter}`);
  return field;
}

test("whoever signs in by a key calls with it, and is where they were", async () => {
  answering(json([]));
  const { router, address } = renderApp("/agents/webhooks");
  await screen.findByRole("heading", { level: 1 });
  const { asked } = allowing({ scopes: ["webhooks:write"], own: [] });
  await router.navigate("/sign-in", { state: { from: "/agents" } });
  await signInWith(" my-key ");

  expect(await screen.findByRole("link", { name: "Webhooks" })).toBeVisible();
  expect([address(), apiKey()]).toEqual(["/agents", "my-key"]);
  expect(asked.map(({ headers }) => headers.get("authorization"))).toContain("Bearer my-key");
});

test.each([
  [problem(401, "wrong-credentials"), "This key is not valid, or not any more."],
  [new TypeError("offline"), "The server can't be reached. See that you are online, and try again."],
])("a key that is not taken is told of beside its field", async (answer, said) => {
  answering();
  renderApp("/sign-in");
  allowing(answer);
  const field = await signInWith("wrong");

  expect(await screen.findByText(said)).toBeVisible();
  expect(field).toBeInvalid();
  expect(apiKey()).toBeNull();
});

test("the button can be focused while a key is tried, and tries it once", async () => {
  answering();
  renderApp("/sign-in");
  const field = await screen.findByLabelText("API key");
  const fetched = vi.fn(() => held<Response>().promise);
  vi.stubGlobal("fetch", fetched);
  await userEvent.type(field, "my-key");
  const button = screen.getByRole("button", { name: "Sign in" });
  await userEvent.click(button);
  await userEvent.click(button);

  expect(button).not.toBeDisabled();
  expect(button).toHaveAttribute("aria-disabled", "true");
  expect(fetched).toHaveBeenCalledOnce();
});

test("what one may do without a key is said", async () => {
  answering();
  allowing({ scopes: ["listings:read"], own: [] });
  renderApp("/sign-in");

  expect(await screen.findByText("Without signing in you may:")).toBeVisible();
  const rights = within(screen.getByRole("main")).getAllByRole("listitem");
  expect(rights.map(({ textContent }) => textContent)).toEqual(["Read homes and prices"]);
});

test("that one may do nothing without a key is said, too", async () => {
  answering();
  allowing({ scopes: [], own: [] });
  renderApp("/sign-in");

  expect(await screen.findByText("Without signing in you may do nothing here.")).toBeVisible();
});

test.each([
  [{ from: "/7/edit?x=1" }, "/7/edit?x=1"],
  [{ from: "//elsewhere.example" }, "/"],
  [{ from: "https://elsewhere.example" }, "/"],
  [{ from: "/sign-in" }, "/"],
  [null, "/"],
])("after signing in with %j one is at %s", (state, place) => {
  expect(placeIn(state)).toBe(place);
});
