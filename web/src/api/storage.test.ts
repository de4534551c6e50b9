import { afterEach, describe, expect, test, vi } from "vitest";

import { inBrowser, inTab } from "./storage";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe.each([
  ["localStorage", inBrowser],
  ["sessionStorage", inTab],
] as const)("what is kept in %s", (name, kept) => {
  test("is there until it is removed", () => {
    kept.set("place", "text");
    expect(globalThis[name].getItem("place")).toBe("text");
    expect(kept.get("place")).toBe("text");
    kept.remove("place");
    expect(kept.get("place")).toBeNull();
  });

  test("is kept by the page where the browser may keep nothing", () => {
    vi.stubGlobal(name, undefined);
    expect(kept.get("place")).toBeNull();
    kept.set("place", "text");
    expect(kept.get("place")).toBe("text");
    kept.remove("place");
    expect(kept.get("place")).toBeNull();
  });

  test("is not what it was before there was no room", () => {
    kept.set("place", "before");
    vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
      throw new DOMException("full", "QuotaExceededError");
    });
    kept.set("place", "after");
    expect(kept.get("place")).toBe("after");
    vi.restoreAllMocks();
    kept.set("place", "later");
    expect(kept.get("place")).toBe("later");
    kept.remove("place");
  });
});
