/**
 * What can be written. Each takes effect once (api/sending.ts), and only on the version that somebody has seen.
 *
 * The same on another version is another request: what was done may have been undone since.
 */
import { answered, api, type Schemas } from "../api/client";
import { sendOnce } from "../api/sending";
import type { ListingWrite } from "./fields";

/** The version of a home that is written on. */
export interface Target {
  id: string;
  etag: string;
}

/** What was written, and the ETag with which it is written on. */
export interface Saved {
  id: number;
  etag: string;
}

interface Confirmable {
  /** Whether a price is meant although a pricing rule asks. */
  isConfirmed: boolean;
}

interface Begun {
  /** The ETag of what was there when this was written, which a draft knows also when it is sent from another version. */
  begunOn: string;
}

const CONFIRMED = { confirm: true } as const;

export async function createListing({ isConfirmed }: Confirmable, body: ListingWrite): Promise<Saved> {
  return sendOnce("new", { isConfirmed, body }, async (key) => {
    const params = { header: { "Idempotency-Key": key }, query: isConfirmed ? CONFIRMED : {} };
    return savedIn(await api.POST("/listings", { params, body }));
  });
}

export async function replaceListing(on: Target & Confirmable, body: ListingWrite): Promise<Saved> {
  return sendOnce(`${on.id} edit`, requestOn(on, body), async (key) =>
    savedIn(await api.PUT("/listings/{id}", { params: confirmable(on, key), body })),
  );
}

export async function withdrawListing(on: Target): Promise<void> {
  await sendOnce(`${on.id} withdrawal`, { etag: on.etag }, (key) =>
    api.DELETE("/listings/{id}", { params: params(on, key) }),
  );
}

export async function relistListing(on: Target & Confirmable, body: Schemas["Relisting"]): Promise<Schemas["Listing"]> {
  return sendOnce(`${on.id} relisting`, requestOn(on, body), async (key) =>
    answered(await api.POST("/listings/{id}/relist", { params: confirmable(on, key), body })),
  );
}

/** What became of a price: it holds now, it did already, or it will. */
export type Outcome = "done" | "unchanged" | "scheduled";
const OUTCOMES: Record<number, Outcome> = { 200: "unchanged", 202: "scheduled" };

export async function changePrice(on: Target & Confirmable & Begun, body: Schemas["PriceWrite"]): Promise<Outcome> {
  // a price that is scheduled twice would be there twice, while one that holds already is not appended
  const etag = body.effective_date === undefined ? on.etag : on.begunOn;
  return sendOnce(`${on.id} price`, requestOn({ ...on, etag }, body), async (key) => {
    const { response } = await api.POST("/listings/{id}/prices", { params: confirmable(on, key), body });
    return OUTCOMES[response.status] ?? "done";
  });
}

export async function cancelPrice(on: Target, version: number): Promise<void> {
  await sendOnce(`${on.id} cancellation`, { version }, (key) => {
    const { path, header } = params(on, key);
    return api.DELETE("/listings/{id}/prices/scheduled/{version}", {
      params: { path: { ...path, version }, header },
    });
  });
}

export async function correctPrice(
  on: Target & Begun,
  version: number,
  body: Schemas["CorrectionWrite"],
): Promise<void> {
  await sendOnce(`${on.id} correction`, { etag: on.begunOn, version, body }, (key) => {
    const { path, header } = params(on, key);
    return api.POST("/listings/{id}/prices/{version}/corrections", {
      params: { path: { ...path, version }, header },
      body,
    });
  });
}

function savedIn(answer: { data?: { id: number }; response: Response }): Saved {
  return { id: answered(answer).id, etag: answer.response.headers.get("etag") ?? "" };
}

function requestOn({ etag, isConfirmed }: Target & Confirmable, body: unknown) {
  return { etag, isConfirmed, body };
}

function params({ id, etag }: Target, key: string) {
  return { path: { id: Number(id) }, header: { "If-Match": etag, "Idempotency-Key": key } };
}

function confirmable(on: Target & Confirmable, key: string) {
  return { ...params(on, key), query: on.isConfirmed ? CONFIRMED : {} };
}
