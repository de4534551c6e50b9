import type { ReactNode } from "react";

import { Problem, UNREACHABLE } from "../api/problem";
import { useLanguage } from "../i18n/context";
import { problemText } from "../ui/problemText";
import { SignInLink } from "../ui/SignInLink";
import { useWritingMessages } from "./messages";
import styles from "./Writing.module.css";

interface Props {
  /** What could not be done, if it was not a save. */
  title?: string;
  error: unknown;
  /** Whether what was written is kept in the browser. */
  isKept?: boolean;
  onRetry?: () => void;
}

/** Why something was not saved, what became of what was written, and what to do. */
export function Failure({ title, error, isKept = false, onRetry }: Props) {
  const { m: general } = useLanguage();
  const m = useWritingMessages();
  return (
    <div role="alert" className={styles.failure}>
      <h2>{title ?? m.failed}</h2>
      <p>{useFailureText(error)}</p>
      {isKept && <p>{m.kept}</p>}
      {isCutOff(error) && <p>{m.online}</p>}
      <Remedy error={error}>
        {onRetry && (
          <button type="button" onClick={onRetry}>
            {general.app.retry}
          </button>
        )}
      </Remedy>
    </div>
  );
}

function Remedy({ error, children }: { error: unknown; children: ReactNode }) {
  if (!(error instanceof Problem)) return children;
  if (error.status === 401) return <SignInLink />;
  return error.isPassing || error.status >= 500 || error.kind === "request-still-running" ? children : null;
}

function useFailureText(error: unknown): string {
  const { m: general } = useLanguage();
  const m = useWritingMessages();
  const own: Record<string, string> = {
    "listing-of-another": m.ofAnother,
    "nothing-here": m.ofAnother,
    "too-many-scheduled-prices": m.scheduled.tooMany,
    "scheduled-price-settled": m.scheduled.settled,
    "correction-refused": m.correct.refused,
  };
  return (error instanceof Problem && own[error.kind]) || problemText(error, general);
}

function isCutOff(error: unknown): boolean {
  return error instanceof Problem && error.status === UNREACHABLE;
}
