import { afterEach, describe, expect, test } from "vitest";

import { Problem, unreachable } from "./problem";
import { sendOnce } from "./sending";
import { signedInAccount, signInWith } from "./session";

/** Sends requests under one name, which are answered one after the other; returns the keys that they had. */
async function keysOf(sent: { request: unknown; answer: Error | null }[]): Promise<string[]> {
  const keys: string[] = [];
  for (const { request, answer } of sent) {
    const send = (key: string) => {
      keys.push(key);
      return answer ? Promise.reject(answer) : Promise.resolve("done");
    };
    await sendOnce("7 edit", request, send).catch(() => undefined);
  }
  return keys;
}

afterEach(() => {
  signInWith(null, null);
});

const lost = unreachable("offline");
const refused = new Problem(422, "invalid-request", "");

describe("a request", () => {
  test.each([
    ["whose answer was lost", lost],
    ["that may have been kept all the same", new Problem(503, "unavailable", "")],
  ])("%s is sent again under its key", async (_why, answer) => {
    const [first, second] = await keysOf([
      { request: { price: 1 }, answer },
      { request: { price: 1 }, answer: null },
    ]);

    expect(second).toBe(first);
  });

  test.each([
    ["another one", lost, { price: 2 }],
    ["one that was answered", null, { price: 1 }],
    ["one that was refused", refused, { price: 1 }],
  ])("after %s has a key of its own", async (_what, answer, request) => {
    const [first, second] = await keysOf([
      { request: { price: 1 }, answer },
      { request, answer: null },
    ]);

    expect(second).toMatch(/^[0-9a-f]{32}$/);
    expect(second).not.toBe(first);
  });

  test("of one account takes no key from another one, and finds its own again", async () => {
    const send = (account: number) => {
      signInWith("a-key", account);
      return keysOf([{ request: { price: 1 }, answer: lost }]);
    };
    const [mine, theirs, again] = [await send(3), await send(4), await send(3)];

    expect(theirs).not.toEqual(mine);
    expect(again).toEqual(mine);
  });

  test("leaves nothing in the browser of what is in it", async () => {
    await keysOf([{ request: { url: "https://me:tell-nobody@example.com" }, answer: lost }]);

    expect(JSON.stringify(localStorage)).toContain("attempt 7 edit");
    expect(JSON.stringify(localStorage)).not.toContain("tell-nobody");
  });

  test("that is still running is waited for", async () => {
    const answers = [new Problem(409, "request-still-running", "", {}, 0.001), null];
    const keys: string[] = [];
    const answer = await sendOnce("7 edit", {}, (key) => {
      keys.push(key);
      const next = answers.shift();
      return next ? Promise.reject(next) : Promise.resolve("done");
    });

    expect(answer).toBe("done");
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(2);
  });

  test.each([4, null])("that is still running is not sent again as account %s, which came meanwhile", async (other) => {
    signInWith("a-key", 3);
    const running = new Problem(409, "request-still-running", "", {}, 0.001);
    const sentAs: (number | null)[] = [];
    const sending = sendOnce("7 edit", {}, () => {
      sentAs.push(signedInAccount());
      signInWith("another-key", other);
      return Promise.reject(running);
    });

    await expect(sending).rejects.toBe(running);
    expect(sentAs).toEqual([3]);
  });
});
