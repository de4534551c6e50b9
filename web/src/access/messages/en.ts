export const messages = {
  with: (host: string) => `Sign in at ${host}`,
  coming: (host: string) => `Going to ${host}…`,
  byKey: "Or by a key",
  anybody: "Without signing in you may:",
  nothing: "Without signing in you may do nothing here.",
  unreachable: (host: string) => `${host} can't be reached. Try again in a moment, or sign in by a key.`,
  failedTitle: "You are not signed in",
  failed: "The sign-in was cancelled, took too long, or was not begun in this window.",
  refused: "You were signed in there, but the API did not take it. Try again later, or ask whoever runs this site.",
  unanswered: "You were signed in there, but the server of this site can't be reached. Sign in once more in a moment.",
  restart: "Sign in once more",
  againTitle: "You are signed in again",
  again: "The window where your sign-in had ended goes on. You can close this one.",
};

/** What each language has to say about it. */
export type AccessMessages = typeof messages;
