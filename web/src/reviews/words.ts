import { Problem } from "../api/problem";
import type { ReviewMessages } from "./messages";

/** Whether somebody else was faster. */
export function isSettled(error: unknown): boolean {
  return error instanceof Problem && error.kind === "price-review-settled";
}

/** Why a decision was not taken, in the words of this page; undefined where all pages have the same. */
export function refusal(error: unknown, m: ReviewMessages): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  if (error.kind === "insufficient-scope") return m.notAllowed;
  if (error.kind === "listing-withdrawn") return m.withdrawn;
  return error.kind === "correction-refused" ? m.changesNothing : undefined;
}
