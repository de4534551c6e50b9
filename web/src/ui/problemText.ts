import { Problem, UNREACHABLE } from "../api/problem";
import type { Messages } from "../i18n/en";

/** What went wrong and what to do, in the words of the page. */
export function problemText(error: unknown, { problems }: Messages): string {
  if (!(error instanceof Problem)) return problems.server;
  const byKind: Record<string, string> = {
    "not-authenticated": problems.signInFirst,
    "wrong-credentials": problems.wrongCredentials,
    "insufficient-scope": problems.notAllowed,
    "listing-not-found": problems.listingNotFound,
    "listing-withdrawn": problems.listingWithdrawn,
    "listing-changed": problems.listingChanged,
  };
  if (error.status === UNREACHABLE) return problems.unreachable;
  if (error.status === 429) return problems.tooMany(error.retryAfter ?? 1);
  if (error.status >= 500) return problems.server;
  return byKind[error.kind] ?? problems.refused;
}
