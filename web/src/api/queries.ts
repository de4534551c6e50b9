import { QueryClient } from "@tanstack/react-query";

import { Problem } from "./problem";
import { onSession } from "./session";

const MOST_TRIES = 3;
const FRESH_MS = 30_000;
const LONGEST_WAIT_MS = 8_000;

/** Whether a failed read is tried once more: only what may pass by itself. */
export function isWorthRetrying(failures: number, error: unknown): boolean {
  return failures < MOST_TRIES - 1 && error instanceof Problem && error.isPassing;
}

/** As long as the server asks for, else 0.5, 1, 2 … seconds. */
export function waitBefore(failures: number, error: unknown): number {
  const asked = error instanceof Problem ? error.retryAfter : null;
  return Math.min(asked === null ? 500 * 2 ** failures : asked * 1000, LONGEST_WAIT_MS);
}

/** What was read, kept for the whole app. Writes are never repeated by it; whoever signs in or out begins anew. */
export function createQueries(): QueryClient {
  const queries = new QueryClient({
    defaultOptions: {
      // a server that can't be reached is to be told of, not waited for in silence
      queries: { networkMode: "always", staleTime: FRESH_MS, retry: isWorthRetrying, retryDelay: waitBefore },
      mutations: { networkMode: "always", retry: false },
    },
  });
  onSession(() => {
    void queries.resetQueries();
  });
  return queries;
}
