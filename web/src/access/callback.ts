import { type LoaderFunctionArgs, replace } from "react-router";

import { end } from "../api/identityProvider";
import { signInBy, signInEverywhereBy } from "../api/session";

export type Outcome = "again" | "failed";

/** Ends a sign-in that came back, and goes to where it was begun; the code is nowhere in the history then. */
export async function finishSignIn({ request }: LoaderFunctionArgs): Promise<Response | Outcome> {
  try {
    const { tokens, back } = await end(new URL(request.url));
    if (back === null) {
      signInEverywhereBy(tokens);
      return "again";
    }
    signInBy(tokens);
    return replace(back);
  } catch {
    return "failed";
  }
}
