import { type ComponentProps, useEffect, useEffectEvent, useRef } from "react";

import { useLanguage } from "../i18n/context";
import { More } from "../ui/More";
import styles from "./Results.module.css";

/** How far before its end the next page is loaded. */
const AHEAD = "600px";

/** The end of the list: the next page comes when one scrolls near it, or by the button. */
export function MoreListings({ found }: Pick<ComponentProps<typeof More>, "found">) {
  const { m } = useLanguage();
  const end = useRef<HTMLDivElement>(null);
  const isWanted = found.hasNextPage && !found.isFetching && !found.isFetchNextPageError;
  const comeNear = useEffectEvent(() => void found.fetchNextPage());

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

  return <More found={found} label={m.listings.more} all={m.listings.all} className={styles.end} end={end} />;
}
