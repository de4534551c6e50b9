import { afterEach, expect, test, vi } from "vitest";

import { answering, json, problem } from "../testing/server";
import { api } from "./client";
import { apiKey, onSession, signInBy, signInWith, type Tokens } from "./session";

const renewed = vi.hoisted(() => vi.fn());
vi.mock("./identityProvider", () => ({ renewed, leave: vi.fn() }));

const tokens = (changed: Partial<Tokens> = {}): Tokens => ({
  access: "first",
  expires: Date.now() + 300_000,
  refresh: "again",
  id: "id",
  subject: "anna",
  account: 3,
  ...changed,
});
const ask = () => api.GET("/listings", {});
const sent = (requests: Request[]) => requests.map(({ headers }) => headers.get("authorization"));

afterEach(() => {
  signInWith(null, null);
  renewed.mockReset();
});

test("a token that is good for long is sent as it is", async () => {
  const asked = answering(json([]));
  signInBy(tokens());
  await ask();

  expect(sent(asked)).toEqual(["Bearer first"]);
  expect(renewed).not.toHaveBeenCalled();
});

test("a token that ends soon is renewed once, before requests that come together", async () => {
  const asked = answering(json([]), json([]));
  renewed.mockResolvedValue(tokens({ access: "second" }));
  signInBy(tokens({ expires: Date.now() + 1000 }));
  await Promise.all([ask(), ask()]);

  expect(sent(asked)).toEqual(["Bearer second", "Bearer second"]);
  expect(renewed).toHaveBeenCalledTimes(1);
});

test("a token that can't be renewed is sent while it may be good", async () => {
  const asked = answering(json([]));
  renewed.mockRejectedValue(new TypeError("offline"));
  signInBy(tokens({ expires: Date.now() + 1000 }));
  await ask();

  expect(sent(asked)).toEqual(["Bearer first"]);
});

test.each([
  ["out", null],
  ["in with a key", "my-key"],
])("who signs %s while a token is renewed stays so", async (_how, key) => {
  answering(json([]));
  let come: (tokens: Tokens) => void = () => undefined;
  renewed.mockReturnValue(
    new Promise<Tokens>((resolve) => {
      come = resolve;
    }),
  );
  signInBy(tokens({ expires: Date.now() + 1000 }));
  const asked = ask();
  await vi.waitFor(() => {
    expect(renewed).toHaveBeenCalled();
  });
  signInWith(key, 1);
  come(tokens({ access: "second" }));
  await asked;

  expect(apiKey()).toBe(key);
});

test("renewing is no new session, and another person is", () => {
  const told = vi.fn();
  signInBy(tokens());
  const stop = onSession(told);
  signInBy(tokens({ access: "second" }));
  expect(told).not.toHaveBeenCalled();
  signInBy(tokens({ subject: "bob" }));
  stop();

  expect(told).toHaveBeenCalledTimes(1);
});

test("a key takes the place of tokens, and tokens that of a key", () => {
  signInBy(tokens());
  signInWith("my-key", 1);
  expect(apiKey()).toBe("my-key");
  signInBy(tokens());
  expect(apiKey()).toBe("first");
});

test.each([
  ["api-key", "old-key"],
  ["tokens", JSON.stringify({ ...tokens(), account: undefined })],
])("who was signed in before accounts were kept is not any more: %s", (place, kept) => {
  sessionStorage.setItem(place, kept);

  expect(apiKey()).toBeNull();
});

test("what was read stays when the sign-in has ended", async () => {
  const told = vi.fn();
  answering(problem(401, "wrong-credentials"));
  signInBy(tokens());
  const stop = onSession(told);
  await expect(ask()).rejects.toMatchObject({ status: 401 });
  stop();

  expect(told).not.toHaveBeenCalled();
  expect(apiKey()).toBe("first");
});
