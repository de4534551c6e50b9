import { beforeEach, expect, test, vi } from "vitest";

import { drawnIn } from "./drawing";

const done = vi.hoisted(() => ({ draw: vi.fn(), destroy: vi.fn(), setSize: vi.fn() }));

vi.mock("uplot", () => ({
  default: class {
    root = document.createElement("div");
    width: number;
    height: number;
    destroy = done.destroy;
    setSize = done.setSize;

    constructor(
      size: { width: number; height: number },
      _data: unknown,
      then: (self: object, init: () => void) => void,
    ) {
      ({ width: this.width, height: this.height } = size);
      then(this, done.draw);
    }
  },
}));

let tellSize: () => void;
const disconnect = vi.fn();

beforeEach(() => {
  vi.clearAllMocks();
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = vi.fn();
      disconnect = disconnect;
      constructor(tell: () => void) {
        tellSize = tell;
      }
    },
  );
});

function place(): { element: HTMLElement; resize: (width: number) => void } {
  const element = document.createElement("div");
  let shown = 300;
  vi.spyOn(element, "clientWidth", "get").mockImplementation(() => shown);
  const resize = (width: number) => {
    shown = width;
    tellSize();
  };
  return { element, resize };
}

test("a chart is made, and drawn in a piece of work of its own", async () => {
  const { element } = place();
  const drawing = drawnIn(element, { series: [] }, [[]], new AbortController().signal);
  await Promise.resolve();
  expect(done.draw).not.toHaveBeenCalled();
  expect(element).toBeEmptyDOMElement();

  const chart = await drawing;
  expect(done.draw).toHaveBeenCalledOnce();
  expect(element).toContainElement(chart?.root ?? null);
});

test("nothing is drawn into a page that one has left meanwhile", async () => {
  const { element } = place();
  const end = new AbortController();
  const drawing = drawnIn(element, { series: [] }, [[]], end.signal);
  end.abort();

  expect(await drawing).toBeNull();
  expect(done.draw).not.toHaveBeenCalled();
  expect(done.destroy).toHaveBeenCalledOnce();
  expect(element).toBeEmptyDOMElement();
});

test("it is drawn anew in another size, and not in the one that it has", async () => {
  const { element, resize } = place();
  const end = new AbortController();
  await drawnIn(element, { series: [] }, [[]], end.signal);
  resize(300);
  expect(done.setSize).not.toHaveBeenCalled();
  resize(200);
  expect(done.setSize).toHaveBeenCalledExactlyOnceWith({ width: 200, height: 0 });

  end.abort();
  expect(disconnect).toHaveBeenCalledOnce();
  expect(done.destroy).toHaveBeenCalledOnce();
});
