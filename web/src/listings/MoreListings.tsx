import { useEffect, useEffectEvent, useRef } from "react";

import { useLanguage } from "../i18n/context";
import { ProblemNotice } from "../ui/ProblemNotice";
import styles from "./Results.module.css";

interface Props {
  isThere: boolean;
  isComing: boolean;
  error: unknown;
  onMore: () => void;
}

/** How far before its end the next page is loaded. */
const AHEAD = "600px";

/** The end of the list: the next page comes when one scrolls near it, or by the button. */
export function MoreListings({ isThere, isComing, error, onMore }: Props) {
  const { m } = useLanguage();
  const end = useRef<HTMLDivElement>(null);
  const isWanted = isThere && !isComing && error === null;
  const comeNear = useEffectEvent(onMore);
  const wasPressed = useRef(false);
  const press = () => {
    wasPressed.current = true;
    if (!isComing) onMore();
  };

  useEffect(() => {
    // the button that had the focus may have vanished
    if (wasPressed.current && document.activeElement === document.body) end.current?.focus({ preventScroll: true });
    wasPressed.current &&= isComing;
  }, [isThere, isComing, error]);

  useEffect(() => {
    if (!isWanted || !end.current) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) comeNear();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(end.current);
    return () => {
      observer.disconnect();
    };
  }, [isWanted]);

  return (
    <div ref={end} className={error === null ? styles.end : undefined} tabIndex={-1}>
      {error !== null ? (
        <ProblemNotice error={error} onRetry={press} />
      ) : isThere ? (
        <button type="button" onClick={press} aria-disabled={isComing}>
          {isComing ? m.app.loading : m.listings.more}
        </button>
      ) : (
        m.listings.all
      )}
    </div>
  );
}
