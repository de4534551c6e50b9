/** What can be written. Each takes effect once (api/sending.ts), and only on the version that somebody has seen. */
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

const CONFIRMED = { confirm: true } as const;

export async function createListing({ isConfirmed }: Confirmable, body: ListingWrite): Promise<Saved> {
  return sendOnce("new", { isConfirmed, body }, async (key) => {
    const params = { header: { "Idempotency-Key": key }, query: isConfirmed ? CONFIRMED : {} };
    return savedIn(await api.POST("/listings", { params, body }));
  });
}

export async function replaceListing(on: Target & Confirmable, body: ListingWrite): Promise<Saved> {
  return sendOnce(`${on.id} edit`, { isConfirmed: on.isConfirmed, body }, async (key) =>
    savedIn(await api.PUT("/listings/{id}", { params: confirmable(on, key), body })),
  );
}

export async function withdrawListing(on: Target): Promise<void> {
  await sendOnce(`${on.id} withdrawal`, {}, (key) => api.DELETE("/listings/{id}", { params: params(on, key) }));
}

export async function relistListing(on: Target & Confirmable, body: Schemas["Relisting"]): Promise<Schemas["Listing"]> {
  return sendOnce(`${on.id} relisting`, { isConfirmed: on.isConfirmed, body }, async (key) =>
    answered(await api.POST("/listings/{id}/relist", { params: confirmable(on, key), body })),
  );
}

/** What became of a price: it holds now, it did already, or it will. */
export type Outcome = "done" | "unchanged" | "scheduled";
const OUTCOMES: Record<number, Outcome> = { 200: "unchanged", 202: "scheduled" };

export async function changePrice(on: Target & Confirmable, body: Schemas["PriceWrite"]): Promise<Outcome> {
  return sendOnce(`${on.id} price`, { isConfirmed: on.isConfirmed, body }, async (key) => {
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

export async function correctPrice(on: Target, version: number, body: Schemas["CorrectionWrite"]): Promise<void> {
  await sendOnce(`${on.id} correction`, { version, body }, (key) => {
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

function params({ id, etag }: Target, key: string) {
  return { path: { id: Number(id) }, header: { "If-Match": etag, "Idempotency-Key": key } };
}

function confirmable(on: Target & Confirmable, key: string) {
  return { ...params(on, key), query: on.isConfirmed ? CONFIRMED : {} };
}
