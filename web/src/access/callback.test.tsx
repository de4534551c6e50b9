import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { apiKey, signedInAccount } from "../api/session";
import { renderApp } from "../testing/app";
import { allowing, answering, EVERYTHING, problem } from "../testing/server";

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

test("whoever the API does not take is not signed in, and told so", async () => {
  answering();
  allowing(problem(401, "wrong-credentials"));
  renderApp("/sign-in/callback?code=x");

  expect(await screen.findByRole("alert")).toHaveTextContent("the API did not take it");
  expect(apiKey()).toBeNull();
});
