import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { answering, json, problem } from "../testing/server";
import { follow } from "./following";

const EVENTS = { headers: { link: '</events?after=8&listing=7>; rel="next"' } };
const stream = (...blocks: string[]) =>
  new Response(blocks.join(""), { headers: { "content-type": "text/event-stream" } });
const unchanged = () => new Response(null, { status: 304 });

let end: AbortController;
const onChange = vi.fn<() => Promise<void>>();
const onContact = vi.fn();

function following(known: string | null = '"3"') {
  return follow(7, { known: () => known, onChange, onContact }, end.signal);
}

beforeEach(() => {
  end = new AbortController();
  onChange.mockReset().mockResolvedValue();
  onContact.mockReset();
});
afterEach(() => {
  end.abort();
});

describe("by events", () => {
  test("each is heard of, from where the events of the listing ended before", async () => {
    const asked = answering(
      json([], EVENTS.headers),
      unchanged(),
      stream("id: 9\ndata: {}\n\n", "id: 10\n\n"),
      unchanged(),
    );
    void following();
    await vi.waitFor(() => {
      expect(onChange).toHaveBeenCalledOnce();
    });

    expect(asked[0]?.url).toContain("/events?listing=7&types=listing.created&limit=2");
    expect(asked[1]?.headers.get("if-none-match")).toBe('"3"');
    expect(asked[2]?.url).toContain("/events/stream?listing=7");
    expect(asked[2]?.headers.get("last-event-id")).toBe("8");
    expect(onContact).toHaveBeenLastCalledWith(true);
  });

  test("when a stream ends, it is gone on with after the last event", async () => {
    const asked = answering(json([], EVENTS.headers), unchanged(), stream("id: 10\n\n"), unchanged(), stream());
    void following();
    await vi.waitFor(
      () => {
        expect(asked).toHaveLength(5);
      },
      { timeout: 5000 },
    );

    expect(asked[4]?.headers.get("last-event-id")).toBe("10");
    expect(onChange).not.toHaveBeenCalled();
  });

  test("what was changed before the first of them is heard of, too", async () => {
    answering(json([], EVENTS.headers), json({ id: 7 }), stream());
    void following();

    await vi.waitFor(() => {
      expect(onChange).toHaveBeenCalledOnce();
    });
  });
});

describe("by events that can't be gone on with", () => {
  test.each([410, 422])(
    "they are begun anew where the server does not know the last one any more: %i",
    async (status) => {
      const later = { link: '</events?after=20&listing=7>; rel="next"' };
      const asked = answering(
        json([], EVENTS.headers),
        unchanged(),
        problem(status, "blank"),
        json([], later),
        unchanged(),
        stream(),
      );
      void following();
      await vi.waitFor(
        () => {
          expect(asked).toHaveLength(6);
        },
        { timeout: 5000 },
      );

      expect(asked[5]?.headers.get("last-event-id")).toBe("20");
    },
  );

  test("a server that does not take the question is asked it more and more seldom", async () => {
    const asked = answering(problem(422, "blank"), problem(422, "blank"));
    void following();
    await vi.waitFor(
      () => {
        expect(onContact).toHaveBeenCalledWith(false);
      },
      { timeout: 5000 },
    );

    expect(asked).toHaveLength(1);
  });

  test("one of which nothing was heard for 45 seconds is taken for dead, and begun again", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const asked: Request[] = [];
    let pipe!: ReadableStreamDefaultController<Uint8Array>;
    const opened = (signal: AbortSignal) => {
      const body = new ReadableStream<Uint8Array>({ start: (controller) => void (pipe = controller) });
      signal.addEventListener("abort", () => {
        pipe.error(signal.reason);
      });
      return new Response(body);
    };
    vi.stubGlobal("fetch", (request: Request) => {
      asked.push(request);
      const { pathname } = new URL(request.url);
      if (pathname === "/events") return Promise.resolve(json([], EVENTS.headers));
      return Promise.resolve(pathname === "/listings/7" ? unchanged() : opened(request.signal));
    });
    void following();
    await vi.waitFor(() => {
      expect(onContact).toHaveBeenLastCalledWith(true);
    });
    await vi.advanceTimersByTimeAsync(44_000);
    pipe.enqueue(new TextEncoder().encode("id: 9\ndata: {}\n\n"));
    await vi.waitFor(() => {
      expect(onChange).toHaveBeenCalledOnce();
    });
    await vi.advanceTimersByTimeAsync(44_000);
    expect(onContact).toHaveBeenLastCalledWith(true);
    await vi.advanceTimersByTimeAsync(1_000);
    vi.useRealTimers();
    await vi.waitFor(() => {
      expect(onContact).toHaveBeenCalledWith(false);
    });
    await vi.waitFor(
      () => {
        expect(asked).toHaveLength(5);
      },
      { timeout: 5000 },
    );

    expect(asked[4]?.headers.get("last-event-id")).toBe("9");
  });
});

describe("without events", () => {
  test("the listing is asked for by its ETag", async () => {
    const asked = answering(problem(401, "not-authenticated"), json({ id: 7 }));
    void following();
    await vi.waitFor(
      () => {
        expect(onChange).toHaveBeenCalledOnce();
      },
      { timeout: 5000 },
    );

    expect(asked[1]?.headers.get("if-none-match")).toBe('"3"');
    expect(onContact).toHaveBeenLastCalledWith(true);
  });

  test("a listing that is still withdrawn has not changed", async () => {
    const asked = answering(problem(403, "insufficient-scope"), problem(410, "listing-withdrawn"));
    void following(null);
    await vi.waitFor(
      () => {
        expect(onContact).toHaveBeenCalledWith(true);
      },
      { timeout: 5000 },
    );

    expect(asked[1]?.headers.has("if-none-match")).toBe(false);
    expect(onChange).not.toHaveBeenCalled();
  });
});

test("a server that can't be reached is told of, and asked again", async () => {
  const asked = answering(new TypeError("offline"), json([], EVENTS.headers), unchanged(), stream());
  void following();
  await vi.waitFor(
    () => {
      expect(asked).toHaveLength(4);
    },
    { timeout: 5000 },
  );

  expect(onContact.mock.calls.map(([isThere]) => isThere as boolean)).toEqual([false, true]);
});
