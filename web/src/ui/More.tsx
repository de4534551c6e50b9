import { type ReactNode, type RefObject, useEffect, useRef } from "react";

import { useLanguage } from "../i18n/context";
import { ProblemNotice } from "./ProblemNotice";

interface Props {
  /** What a list that comes page by page knows of its next page. */
  found: {
    hasNextPage: boolean;
    isFetching: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    error: unknown;
    fetchNextPage: () => unknown;
  };
  label: string;
  /** What stands in place of the button when there is no more. */
  all?: ReactNode;
  className?: string | undefined;
  end?: RefObject<HTMLDivElement | null>;
}

/** The end of such a list: a button for its next page, or why that can't be had. */
export function More({ found, label, all, className, end }: Props) {
  const { m } = useLanguage();
  const { hasNextPage: isThere, isFetchingNextPage: isComing } = found;
  const error = found.isFetchNextPageError ? found.error : null;
  const here = useRef<HTMLDivElement>(null);
  const place = end ?? here;
  const wasPressed = useRef(false);
  const press = () => {
    if (found.isFetching) return; // it would end what is read anew meanwhile
    wasPressed.current = true;
    void found.fetchNextPage();
  };

  useEffect(() => {
    // the button that had the focus may have vanished
    if (wasPressed.current && document.activeElement === document.body) place.current?.focus({ preventScroll: true });
    wasPressed.current &&= isComing;
  }, [isThere, isComing, error, place]);

  return (
    <div ref={place} className={error === null ? className : undefined} tabIndex={-1}>
      {error !== null ? (
        <ProblemNotice error={error} onRetry={press} />
      ) : isThere ? (
        <button type="button" onClick={press} aria-disabled={found.isFetching}>
          {isComing ? m.app.loading : label}
        </button>
      ) : (
        all
      )}
    </div>
  );
}
