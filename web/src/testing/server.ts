import { vi } from "vitest";

import { type Scope, SCOPES } from "../api/access";

type Answer = Response | Error;

export function json(body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, { headers });
}

export function problem(status: number, kind: string, errors: { pointer: string; detail: string }[] = []): Response {
  const body = { type: `urn:listingapi:problem:${kind}`, title: "", status, detail: `in the words of ${kind}`, errors };
  return Response.json(body, { status, headers: { "content-type": "application/problem+json" } });
}

interface Allowed {
  account?: number;
  scopes: readonly Scope[];
  /** The ids of the listings that are theirs; null for all that are asked about. */
  own: number[] | null;
}

export const EVERYTHING: Allowed = { scopes: SCOPES, own: null };
let access: { answer: (request: Request) => Answer; asked: Request[] };

/** Have whoever is here be allowed only so much; returns the requests that ask for it. */
export function allowing(allowed: Allowed | Answer | (() => Answer)): { asked: Request[] } {
  access = { answer: (request) => answerTo(request, allowed), asked: [] };
  return access;
}

function answerTo(request: Request, allowed: Allowed | Answer | (() => Answer)): Answer {
  if (typeof allowed === "function") return allowed();
  if (allowed instanceof Response) return allowed.clone(); // it may be asked for several times
  return allowed instanceof Error ? allowed : accessOf(allowed, request);
}

/** Everything is allowed, as before each test. */
export function allowAll(): void {
  allowing(EVERYTHING);
}

function accessOf({ account = 1, scopes, own }: Allowed, { url }: Request): Response {
  const named = new URL(url).searchParams.getAll("listing").map(Number);
  return json({ account_id: account, scopes, own_listings: named.filter((id) => own?.includes(id) ?? true) });
}

/** What is answered to a request that asks what is allowed; undefined if it asks for something else. */
export function accessAnswer(request: Request): Promise<Response> | undefined {
  if (new URL(request.url).pathname !== "/access") return undefined;
  access.asked.push(request);
  return answerOf(access.answer(request));
}

/**
 * Have requests answered one after the other; returns those that came. An error is a server that can't be reached.
 *
 * What is allowed is answered apart from them.
 */
export function answering(...answers: Answer[]): Request[] {
  const asked: Request[] = [];
  vi.stubGlobal("fetch", (request: Request) => {
    const allowed = accessAnswer(request);
    if (allowed) return allowed;
    asked.push(request);
    return answerOf(answers.shift() ?? new Error(`nothing is answered to ${request.url}`));
  });
  return asked;
}

function answerOf(answer: Answer): Promise<Response> {
  return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
}
