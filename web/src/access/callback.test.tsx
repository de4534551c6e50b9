import { cleanup, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { apiKey, signedInAccount } from "../api/session";
import { renderApp } from "../testing/app";
import { type } from "../testing/forms";
import { allowing, answering, EVERYTHING, json, problem } from "../testing/server";

const given = { access: "a-token", expires: Date.now() + 300_000, refresh: null, id: "id", subject: "anna" };
vi.mock("../api/identityProvider", () => ({ end: () => Promise.resolve({ given, back: "/new" }) }));

test("whoever comes back acts for the account that the API says", async () => {
  answering();
  const { asked } = allowing({ ...EVERYTHING, account: 3 });
  const { address } = renderApp("/sign-in/callback?code=x");
  await screen.findByRole("heading", { name: "List a home" });

  expect([address(), apiKey(), signedInAccount()]).toEqual(["/new", "a-token", 3]);
  expect(asked[0]?.headers.get("authorization")).toBe("Bearer a-token");
});

test("whoever comes back finds what they wrote before", async () => {
  answering();
  renderApp("/new");
  await type("Title", "Flat");
  cleanup();
  allowing({ ...EVERYTHING, account: 3 });
  renderApp("/sign-in/callback?code=x");

  expect(await screen.findByLabelText("Title")).toHaveValue("Flat");
  expect(localStorage.getItem("draft new")).toBeNull();
});

test.each([
  [401, "wrong-credentials"],
  [403, "forbidden"],
])("whoever the API does not take (%s) is not signed in, and told so", async (status, kind) => {
  answering();
  allowing(problem(status, kind));
  renderApp("/sign-in/callback?code=x");

  expect(await screen.findByRole("alert")).toHaveTextContent("the API did not take it");
  expect(apiKey()).toBeNull();
});

test("an API that is busy for a moment is asked again", async () => {
  answering();
  const answers = [problem(503, "overloaded"), problem(429, "too-many-requests")];
  const { asked } = allowing(() => answers.shift() ?? json({ account_id: 3, scopes: [], own_listings: [] }));
  const { address } = renderApp("/sign-in/callback?code=x");
  await waitFor(() => {
    expect(address()).toBe("/new");
  });

  expect(signedInAccount()).toBe(3);
  expect(asked.length).toBeGreaterThan(2);
});

test.each([problem(503, "overloaded"), problem(500, "failed"), new TypeError("offline")])(
  "an API that does not answer has refused nobody",
  async (answer) => {
    answering();
    allowing(answer);
    renderApp("/sign-in/callback?code=x");

    expect(await screen.findByRole("alert")).toHaveTextContent("the server of this site can't be reached");
    expect(apiKey()).toBeNull();
  },
);
