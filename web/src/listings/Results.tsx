import { useInfiniteQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useEffectEvent } from "react";
import { useNavigation } from "react-router";

import { useOwn } from "../api/access";
import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import { Notice } from "../ui/Notice";
import { ProblemNotice } from "../ui/ProblemNotice";
import { ListingCard } from "./ListingCard";
import { MoreListings } from "./MoreListings";
import { listingsIn, listingsQuery, MOST_PAGES, PAGE_SIZE, pagesOf } from "./queries";
import styles from "./Results.module.css";
import { hasFilters, type Search } from "./search";

interface Props {
  search: Search;
  pages: number;
  onPages: (pages: number) => void;
  onClear: () => void;
}

/** The listings of a search: while they come, when there are some, when there are none, and when they can't be had. */
export function Results({ search, pages, onPages, onClear }: Props) {
  const { m } = useLanguage();
  const announce = useAnnounce();
  const found = useInfiniteQuery(listingsQuery(search, pages));
  const listings = found.data && listingsIn(found.data.pages);
  const count = listings?.length;
  // their links come card by card, between which the page can be used
  const own = useDeferredValue(useOwn(found.data?.pages.map((page) => page.listings.map(({ id }) => id)) ?? []));

  useEffect(() => {
    if (count !== undefined) announce(count ? m.listings.shown(count) : m.listings.emptyTitle);
  }, [announce, count, m]);
  const shown = pagesOf(found.data?.pages ?? []);
  useAddress(shown, pages, onPages);

  if (!listings) {
    if (found.isError) return <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />;
    return <Skeletons count={Math.min(pages, MOST_PAGES) * PAGE_SIZE} />;
  }
  if (!count) return <NoListings isFiltered={hasFilters(search)} onClear={onClear} />;
  return (
    <section aria-label={m.listings.results} aria-busy={found.isFetching}>
      <ol className={styles.cards}>
        {listings.map((listing) => (
          <li key={listing.id}>
            <ListingCard listing={listing} isOwn={own.has(listing.id)} />
          </li>
        ))}
      </ol>
      {found.hasNextPage && shown >= MOST_PAGES && shown < pages && <p>{m.listings.further(listings.length)}</p>}
      <MoreListings found={found} />
    </section>
  );
}

/** Has the address say how many pages are shown, unless one is about to go to another one. */
function useAddress(shown: number, said: number, onPages: (pages: number) => void) {
  const say = useEffectEvent(onPages);
  const isStaying = useNavigation().state === "idle";
  useEffect(() => {
    if (isStaying && shown > said) say(shown);
  }, [isStaying, said, shown]);
}

function NoListings({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const { m } = useLanguage();
  if (!isFiltered) return <Notice title={m.listings.none}>{m.listings.noneText}</Notice>;
  return (
    <Notice
      title={m.listings.emptyTitle}
      action={
        <button type="button" onClick={onClear}>
          {m.listings.clear}
        </button>
      }
    >
      {m.listings.emptyText}
    </Notice>
  );
}

/** As large as what will take their place. */
function Skeletons({ count }: { count: number }) {
  const { m } = useLanguage();
  return (
    <section aria-label={m.app.loading} aria-busy="true">
      <ol className={styles.cards} aria-hidden="true">
        {Array.from({ length: count }, (_, place) => (
          <li key={place} className={styles.skeleton} />
        ))}
      </ol>
    </section>
  );
}
