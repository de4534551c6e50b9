/**
 * Requests that take effect once, however often they have to be sent.
 *
 * The key of a request is kept in this browser until there is an answer, also when the tab is closed meanwhile.
 */
import { Problem, UNREACHABLE } from "../api/problem";
import { forget, keep, kept } from "../drafts/storage";

interface Attempt {
  key: string;
  request: string;
}

const MOST_WAITS = 5;
const STILL_RUNNING = "request-still-running";

/** Send a request under the key that it was sent with before, if it was and there was no answer; else under a new one. */
export async function sendOnce<T>(what: string, request: unknown, send: (key: string) => Promise<T>): Promise<T> {
  const place = `attempt ${what}`;
  const key = keyOf(place, JSON.stringify(request));
  for (let waits = 0; ; waits++) {
    try {
      const answer = await send(key);
      forget(place);
      return answer;
    } catch (error) {
      if (!isUnknown(error)) forget(place);
      if (!isRunning(error) || waits === MOST_WAITS) throw error;
      await seconds(error.retryAfter ?? 1);
    }
  }
}

function keyOf(place: string, request: string): string {
  const before = kept(place) as Partial<Attempt> | null;
  if (before?.request === request && before.key) return before.key;
  const attempt: Attempt = { key: newKey(), request };
  keep(place, attempt);
  return attempt.key;
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

function seconds(count: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, count * 1000));
}
