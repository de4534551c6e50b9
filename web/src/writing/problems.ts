/** What the API has against something, put beside the fields that it is about. Pure. */
import { Problem } from "../api/problem";
import { FIELDS, type FieldName } from "./fields";
import type { WritingMessages } from "./messages";

export type FieldErrors<Name extends string> = Partial<Record<Name, string>>;

/** The field of the form at a JSON Pointer; null if there is none. */
export function fieldAt(pointer: string): FieldName | null {
  const last = pointer.split("/").at(-1);
  return FIELDS.find((name) => name === last) ?? (last === "postal_address" ? "street_address" : null);
}

/** Says what a pricing rule has against a price in other words than those of the API. */
type InWords = (details: string) => string;

/** What is wrong with each field of the form; empty if it is something else that is wrong. */
export function fieldErrors(error: unknown, m: WritingMessages, inWords: InWords): FieldErrors<FieldName> {
  if (!(error instanceof Problem)) return {};
  const found: FieldErrors<FieldName> = {};
  for (const [pointer, detail] of Object.entries(error.fields)) {
    const field = fieldAt(pointer);
    if (field) found[field] = isRejected(error) ? m.rejected(inWords(detail)) : m.shouldBe[field];
  }
  return isAboutFields(error) ? found : {};
}

/** What is wrong with a price where a form has one; null if it is something else that is wrong. */
export function priceError(error: unknown, m: WritingMessages, inWords: InWords): string | null {
  if (!(error instanceof Problem) || !isAboutFields(error)) return null;
  const [pointer, detail] = Object.entries(error.fields).find(([where]) => where.endsWith("price_eur")) ?? [];
  if (pointer === undefined || detail === undefined) return null;
  return isRejected(error) ? m.rejected(inWords(detail)) : m.shouldBe.latest_price_eur;
}

/** Whether a pricing rule asks if a price is meant; what it has against it are the problems of the fields. */
export function asksToConfirm(error: unknown): error is Problem {
  return error instanceof Problem && error.kind === "price-change-needs-confirmation";
}

export function isConflict(error: unknown): boolean {
  return error instanceof Problem && error.kind === "listing-changed";
}

export function isGone(error: unknown): boolean {
  return error instanceof Problem && error.kind === "listing-withdrawn";
}

function isAboutFields(error: Problem): boolean {
  return isRejected(error) || error.kind === "invalid-request";
}

function isRejected(error: Problem): boolean {
  return error.kind === "price-rejected";
}
