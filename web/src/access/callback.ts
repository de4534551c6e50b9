import { type LoaderFunctionArgs, replace } from "react-router";

import { accountOf } from "../api/access";
import { end } from "../api/identityProvider";
import { Problem } from "../api/problem";
import { isWorthRetrying, waitBefore } from "../api/queries";
import { seconds } from "../api/seconds";
import { signInBy, signInEverywhereBy } from "../api/session";
import { takeDraftsAlong } from "../drafts/taking";

export type Outcome = "again" | "failed" | "refused" | "unanswered";

const REFUSALS = [401, 403];

/** Ends a sign-in that came back, and goes to where it was begun; the code is nowhere in the history then. */
export async function finishSignIn({ request }: LoaderFunctionArgs): Promise<Response | Outcome> {
  try {
    const { given, back } = await end(new URL(request.url));
    const tokens = { ...given, account: await patientAccountOf(given.access) };
    if (back === null) {
      signInEverywhereBy(tokens);
      return "again";
    }
    takeDraftsAlong(tokens.account, back);
    signInBy(tokens);
    return replace(back);
  } catch (error) {
    if (!(error instanceof Problem)) return "failed";
    return REFUSALS.includes(error.status) ? "refused" : "unanswered";
  }
}

/** As patient as reads are: who has signed in elsewhere would have to do so once more. */
async function patientAccountOf(token: string): Promise<number> {
  for (let failures = 0; ; failures++) {
    try {
      return await accountOf(token);
    } catch (error) {
      if (!isWorthRetrying(failures, error)) throw error;
      await seconds(waitBefore(failures, error) / 1000);
    }
  }
}
