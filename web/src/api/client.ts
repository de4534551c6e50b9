import createClient, { type Middleware } from "openapi-fetch";

import { problemOf, unreachable } from "./problem";
import type { components, paths } from "./schema";
import { freshKey, refused } from "./session";

export type Schemas = components["schemas"];

const ACCEPT = "application/json, application/problem+json;q=0.9";

const asWhoeverThisIs: Middleware = {
  async onRequest({ request }) {
    if (request.headers.has("authorization")) return;
    const key = await freshKey();
    if (key !== null) request.headers.set("authorization", `Bearer ${key}`);
  },
};

const problemsAreErrors: Middleware = {
  async onResponse({ request, response }) {
    if (response.status === 401) refused(request.headers.get("authorization"));
    if (!response.ok) throw await problemOf(response);
  },
  onError({ error }) {
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return unreachable(error);
  },
};

/** The API, typed by its OpenAPI document. Whatever is not a success is thrown as a Problem. */
export const api = createClient<paths>({
  baseUrl: location.origin,
  headers: { accept: ACCEPT },
  // looked up for each call, so that tests can put another one in its place
  fetch: (request) => fetch(request),
});
api.use(asWhoeverThisIs, problemsAreErrors);

/** What an operation answered, which is there unless it was thrown. */
export function answered<T>({ data }: { data?: T }): T {
  if (data === undefined) throw new TypeError("the answer has no body");
  return data;
}

/** The cursor of the next page of a list, from its Link header. */
export function nextCursor(response: Response): string | null {
  const target = /<([^>]*)>\s*;\s*rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
  return target === undefined ? null : new URL(target, location.origin).searchParams.get("cursor");
}
