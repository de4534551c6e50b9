import { type LoaderFunctionArgs, replace } from "react-router";

import { accountOf } from "../api/access";
import { end } from "../api/identityProvider";
import { Problem } from "../api/problem";
import { signInBy, signInEverywhereBy } from "../api/session";

export type Outcome = "again" | "failed" | "refused";

/** Ends a sign-in that came back, and goes to where it was begun; the code is nowhere in the history then. */
export async function finishSignIn({ request }: LoaderFunctionArgs): Promise<Response | Outcome> {
  try {
    const { given, back } = await end(new URL(request.url));
    const tokens = { ...given, account: await accountOf(given.access) };
    if (back === null) {
      signInEverywhereBy(tokens);
      return "again";
    }
    signInBy(tokens);
    return replace(back);
  } catch (error) {
    return error instanceof Problem ? "refused" : "failed";
  }
}
