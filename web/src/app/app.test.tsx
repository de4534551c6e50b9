import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { apiKey, signInWith } from "../api/session";
import { renderApp } from "../testing/app";
import { allowing, answering, json, problem } from "../testing/server";

test("the heading of a page that one comes to has the focus, and the tab its title", async () => {
  answering(json([]), json([]));
  renderApp("/");
  await screen.findByRole("heading", { name: "Homes for sale" });
  expect(document.body).toHaveFocus();

  await userEvent.click(screen.getByRole("link", { name: "Sign in" }));
  expect(await screen.findByRole("heading", { name: "Sign in" })).toHaveFocus();
  expect(document.title).toBe("Sign in · ListingAPI");
});

test("an address that is no page says so, and leads back", async () => {
  answering();
  renderApp("/no/such/page");

  expect(await screen.findByRole("heading", { name: "There is nothing here" })).toBeVisible();
  expect(screen.getByRole("link", { name: "To all homes" })).toHaveAttribute("href", "/");
});

test("the language changes at once, is kept, and is that of the document", async () => {
  answering();
  renderApp("/no/such/page");
  await userEvent.selectOptions(await screen.findByLabelText("Language"), "de");

  expect(await screen.findByRole("heading", { name: "Hier ist nichts" })).toBeVisible();
  await waitFor(() => {
    expect(document.documentElement.lang).toBe("de");
  });
  expect(localStorage.getItem("language")).toBe("de");
});

test("the colours are those that were chosen, or else the device's", async () => {
  answering();
  renderApp("/no/such/page");
  const colours = await screen.findByLabelText("Colours");
  await userEvent.selectOptions(colours, "dark");
  expect([document.documentElement.dataset.theme, localStorage.getItem("theme")]).toEqual(["dark", "dark"]);

  await userEvent.selectOptions(colours, "system");
  expect([document.documentElement.dataset.theme, localStorage.getItem("theme")]).toEqual(["", null]);
});

test("who signs in by a key calls with it until they sign out", async () => {
  const asked = answering(json([]), json([]));
  const { address } = renderApp("/sign-in");
  await userEvent.type(await screen.findByLabelText("API key"), " my-key {Enter}");
  await screen.findByRole("heading", { name: "Homes for sale" });
  expect([address(), apiKey()]).toEqual(["/", "my-key"]);
  expect(asked[0]?.headers.get("authorization")).toBe("Bearer my-key");

  await userEvent.click(screen.getByRole("button", { name: "Sign out" }));
  expect(apiKey()).toBeNull();
});

test("the heading of the page has the focus after one signs out on it", async () => {
  answering(json([]), json([]));
  signInWith("my-key", 1);
  renderApp("/");
  await userEvent.click(await screen.findByRole("button", { name: "Sign out" }));

  await waitFor(() => {
    expect(screen.getByRole("heading", { name: "Homes for sale" })).toHaveFocus();
  });
});

test("a key that is not valid is told of beside its field", async () => {
  answering();
  allowing(problem(401, "wrong-credentials"));
  renderApp("/sign-in");
  const field = await screen.findByLabelText("API key");
  await userEvent.type(field, "{Enter}");
  expect(await screen.findByText("Paste your key here.")).toBeVisible();
  await userEvent.type(field, "wrong{Enter}");

  expect(await screen.findByText("This key is not valid, or not any more.")).toBeVisible();
  expect(field).toBeInvalid();
  expect(apiKey()).toBeNull();
});
