/** Where to be after signing in: only ever a page of this app. */
export function placeIn(state: unknown): string {
  const from = (state as { from?: unknown } | null)?.from;
  return typeof from === "string" && /^\/(?!\/|sign-in)/.test(from) ? from : "/";
}
