import type { components } from "./schema";

type ProblemBody = components["schemas"]["Problem"];

/** Where the answer had no status: it never came. */
export const UNREACHABLE = 0;

/** What the API refuses, or why it could not be asked: RFC 9457 as an error. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    readonly status: number,
    /** The last part of the problem's type, such as `listing-changed`; empty where there is none. */
    readonly kind: string,
    detail: string,
    /**
     * What is wrong with which field, by its JSON Pointer (`/postal_address/city`) or its parameter (`?city`).
     *
     * Where several things are, each is a line.
     */
    readonly fields: Readonly<Record<string, string>> = {},
    /** After how many seconds it may be asked again. */
    readonly retryAfter: number | null = null,
    /** All that was answered. */
    readonly body: ProblemBody | null = null,
    /** The ETag of what it is about, where the answer has one: a withdrawn listing does. */
    readonly etag: string | null = null,
  ) {
    super(detail);
  }

  /** Whether the same request may succeed a moment later. */
  get isPassing(): boolean {
    return this.status === UNREACHABLE || this.status === 429 || this.status >= 502;
  }
}

export async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get("retry-after")) || null;
  const body = (await response.json().catch(() => null)) as Partial<ProblemBody> | null;
  const kind = body?.type?.split(":").at(-1) ?? "";
  const fields = byPointer(body?.errors ?? []);
  const detail = body?.detail ?? response.statusText;
  const etag = response.headers.get("etag");
  return new Problem(
    response.status,
    kind === "blank" ? "" : kind,
    detail,
    fields,
    retryAfter,
    body as ProblemBody,
    etag,
  );
}

function byPointer(errors: ProblemBody["errors"] & object): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const { pointer, detail } of errors) {
    const before = fields[pointer];
    fields[pointer] = before === undefined ? detail : `${before}\n${detail}`;
  }
  return fields;
}

export function unreachable(cause: unknown): Problem {
  return new Problem(UNREACHABLE, "unreachable", String(cause));
}
