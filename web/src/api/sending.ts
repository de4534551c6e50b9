/**
 * Requests that take effect once, however often they have to be sent.
 *
 * The key of a request is kept in this browser until there is an answer, also when the tab is closed meanwhile.
 */
import { Belongings } from "./belongings";
import { Problem, UNREACHABLE } from "./problem";
import { seconds } from "./seconds";
import { signedInAccount } from "./session";

interface Attempt {
  key: string;
  /** Tells the request from another one, and nothing of what is in it, such as the secret of an address. */
  digest: string;
}

const MOST_WAITS = 5;
const STILL_RUNNING = "request-still-running";

/**
 * Send a request under the key that it was sent with before, if it was and there was no answer; else under a new one.
 *
 * It is sent for whoever began it alone: not again when another account signed in meanwhile.
 */
export async function sendOnce<T>(what: string, request: unknown, send: (key: string) => Promise<T>): Promise<T> {
  const account = signedInAccount();
  const own = new Belongings(account);
  const place = `attempt ${what}`;
  const key = keyOf(own, place, digestOf(JSON.stringify(request)));
  for (let waits = 0; ; waits++) {
    try {
      const answer = await send(key);
      own.remove(place);
      return answer;
    } catch (error) {
      if (!isUnknown(error)) own.remove(place);
      if (!isRunning(error) || waits === MOST_WAITS) throw error;
      await seconds(error.retryAfter ?? 1);
      if (signedInAccount() !== account) throw error;
    }
  }
}

function keyOf(own: Belongings, place: string, digest: string): string {
  const before = own.get(place) as Partial<Attempt> | null;
  if (before?.digest === digest && before.key) return before.key;
  const attempt: Attempt = { key: newKey(), digest };
  own.set(place, attempt);
  return attempt.key;
}

/** FNV-1a is enough: two requests in a row hardly ever have one digest, and if their bodies differ, the API refuses that. */
function digestOf(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return bytes.reduce((digest, byte) => Math.imul(digest ^ byte, 0x01000193), 0x811c9dc5).toString(16);
}

/** Not randomUUID, which there is only where the page came by https. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether a request may have taken effect although it failed. */
function isUnknown(error: unknown): boolean {
  return !(error instanceof Problem) || error.status === UNREACHABLE || error.status >= 500 || isRunning(error);
}

function isRunning(error: unknown): error is Problem {
  return error instanceof Problem && error.kind === STILL_RUNNING;
}
