import { Problem } from "../api/problem";
import { useLanguage } from "../i18n/context";
import { Notice } from "./Notice";
import { problemText } from "./problemText";
import { SignInLink } from "./SignInLink";

/** An error in words, with a button to try again unless that is of no use, and the way to sign in where that is what helps. */
export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { m } = useLanguage();
  const actions = (
    <>
      {isForTheSignedIn(error) && <SignInLink />}{" "}
      {!isInvalid(error) && (
        <button type="button" onClick={onRetry}>
          {m.app.retry}
        </button>
      )}
    </>
  );
  return (
    <Notice role="alert" title={m.problems.title} action={actions}>
      {problemText(error, m)}
    </Notice>
  );
}

function isForTheSignedIn(error: unknown): boolean {
  return error instanceof Problem && error.status === 401;
}

/** Whether it would be the same again. */
function isInvalid(error: unknown): boolean {
  return error instanceof Problem && error.status === 422;
}
