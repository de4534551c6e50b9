import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";

import { allowAll } from "./server";

configure({ asyncUtilTimeout: 10_000 }); // a busy machine takes its time

// what jsdom does not have; nothing is ever near the edge of the window here
class NeverNear implements Pick<IntersectionObserver, "observe" | "disconnect"> {
  observe = vi.fn();
  disconnect = vi.fn();
}

HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  this.open = false;
};

beforeEach(() => {
  allowAll();
  vi.stubGlobal("IntersectionObserver", NeverNear);
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  vi.stubGlobal("scrollTo", vi.fn());
  // what is warned of is a mistake
  vi.spyOn(console, "error").mockImplementation((...said: unknown[]) => {
    throw new Error(said.map(String).join(" "));
  });
});

afterEach(() => {
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
});
