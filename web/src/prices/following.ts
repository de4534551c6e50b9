/** Hears of changes of a listing as they happen: by events for who may read them, else by asking again and again. */
import { answered, api } from "../api/client";
import { eventsIn } from "../api/eventStream";
import { Problem } from "../api/problem";

export interface Listener {
  /** The ETag of what was read last; null where nothing could be read. */
  known: () => string | null;
  /** Something has changed; it has been read anew when this is done. */
  onChange: () => Promise<void>;
  /** Whether changes would be heard of now. */
  onContact: (isThere: boolean) => void;
}

const POLL_MS = 5_000;
const COME_AGAIN_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const FORBIDDEN = [401, 403];
const NOT_MODIFIED = 304;
const GONE = 410;
const FORGOTTEN = [GONE, 422];
/** The server says every 15 seconds how far it has come. */
const LONGEST_SILENCE_MS = 45_000;
const ALL_CREATIONS = { types: ["listing.created"], limit: 2 } as const;

type Path = { id: number };

/** Follows a listing until the signal; nothing is asked for while the page can't be seen. */
export async function follow(id: number, listener: Listener, signal: AbortSignal): Promise<void> {
  const follower = new Follower({ id }, listener);
  for (let failures = 0; !signal.aborted;) {
    await untilSeen(signal);
    const attention = attentionOf(signal);
    try {
      await follower.once(attention, () => (failures = 0));
      await pause(COME_AGAIN_MS, signal);
    } catch (error) {
      if (isUnwanted(signal)) continue;
      listener.onContact(false);
      await pause(waitAfter(failures++, error), signal);
    } finally {
      attention.end();
    }
  }
}

class Follower {
  /** Of the last event; null as long as none is known, or where it isn't any more. */
  private position: string | null = null;
  private mayReadEvents = true;

  constructor(
    private readonly path: Path,
    private readonly listener: Listener,
  ) {}

  /** Hear of changes until the connection ends, or ask once. */
  async once(attention: Attention, onContact: () => void): Promise<void> {
    try {
      if (this.mayReadEvents) await this.stream(attention, onContact);
      else await this.poll(attention.signal, onContact);
    } catch (error) {
      if (!this.mayReadEvents || !hasStatus(error, FORBIDDEN)) throw error;
      this.mayReadEvents = false;
    }
  }

  private async stream({ signal, heard }: Attention, onContact: () => void): Promise<void> {
    this.position ??= await this.newest(signal);
    await this.check(signal);
    const stream = await this.open(this.position, signal);
    if (stream === null) return;
    this.hear(onContact);
    for await (const event of eventsIn(stream)) {
      heard();
      if (event.id) this.position = event.id;
      if (event.data) await this.listener.onChange();
    }
  }

  /** The events after a position; null if the server does not know it any more. */
  private async open(position: string, signal: AbortSignal): Promise<ReadableStream<BufferSource> | null> {
    const params = { query: { listing: this.path.id }, header: { "Last-Event-ID": position } };
    try {
      const stream = await api.GET("/events/stream", { params, signal, parseAs: "stream" });
      return answered(stream);
    } catch (error) {
      if (!hasStatus(error, FORGOTTEN)) throw error;
      this.position = null;
      return null;
    }
  }

  private async poll(signal: AbortSignal, onContact: () => void): Promise<void> {
    await this.check(signal);
    this.hear(onContact);
    await pause(POLL_MS, signal);
  }

  private hear(onContact: () => void): void {
    onContact();
    this.listener.onContact(true);
  }

  /** The position behind all events of the listing: it was created but once, so that this looks at all. */
  private async newest(signal: AbortSignal): Promise<string> {
    const query = { listing: this.path.id, ...ALL_CREATIONS, types: [...ALL_CREATIONS.types] };
    const { response } = await api.GET("/events", { params: { query }, signal });
    const link = /<([^>]*)>/.exec(response.headers.get("link") ?? "")?.[1] ?? "";
    return new URL(link, location.origin).searchParams.get("after") ?? "0";
  }

  /** Look whether the listing is still as it was read. */
  private async check(signal: AbortSignal): Promise<void> {
    const known = this.listener.known();
    if (!(await isStill(this.path, known, signal))) await this.listener.onChange();
  }
}

async function isStill(path: Path, known: string | null, signal: AbortSignal): Promise<boolean> {
  try {
    const header = known === null ? {} : { "If-None-Match": known };
    // HTTP's own caches would answer 200 with what they have
    await api.GET("/listings/{id}", { params: { path, header }, signal, cache: "no-store" });
    return false;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === NOT_MODIFIED) return true;
    if (error.status === GONE || error.status === 404) return known === null;
    throw error;
  }
}

function hasStatus(error: unknown, statuses: readonly number[]): boolean {
  return error instanceof Problem && statuses.includes(error.status);
}

/** Whether nothing is to be heard of any more, or for now. */
function isUnwanted(signal: AbortSignal): boolean {
  return signal.aborted || document.hidden;
}

/** As long as the server asks for, else 1, 2, 4 … seconds, more or less, so that not all come back at once. */
function waitAfter(failures: number, error: unknown): number {
  const asked = error instanceof Problem ? error.retryAfter : null;
  if (asked !== null) return asked * 1000;
  return Math.round(Math.min(COME_AGAIN_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + Math.random()));
}

interface Attention {
  signal: AbortSignal;
  heard: () => void;
  end: () => void;
}

/** A signal that also comes when the page is hidden, the network is gone, or nothing was heard for too long. */
function attentionOf(signal: AbortSignal): Attention {
  const lost = new AbortController();
  const wait = () =>
    setTimeout(() => {
      lost.abort();
    }, LONGEST_SILENCE_MS);
  let patience = wait();
  const heard = () => {
    clearTimeout(patience);
    patience = wait();
  };
  const look = () => {
    if (document.hidden || !navigator.onLine) lost.abort();
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("offline", look);
  const end = () => {
    clearTimeout(patience);
    document.removeEventListener("visibilitychange", look);
    removeEventListener("offline", look);
  };
  return { signal: AbortSignal.any([signal, lost.signal]), heard, end };
}

/** Wait until the page can be seen. */
function untilSeen(signal: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return first(signal, [document, "visibilitychange"]);
}

/** Wait for some time, or until there is a network again. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  const timeout = AbortSignal.timeout(milliseconds);
  return first(AbortSignal.any([signal, timeout]), [window, "online"]);
}

function first(signal: AbortSignal, [target, name]: [EventTarget, string]): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = new AbortController();
    const end = () => {
      done.abort();
      resolve();
    };
    target.addEventListener(name, end, { signal: done.signal });
    signal.addEventListener("abort", end, { signal: done.signal });
  });
}
