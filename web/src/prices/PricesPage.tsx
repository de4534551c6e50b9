import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { Link, useParams } from "react-router";

import { useRight } from "../api/access";
import type { Schemas } from "../api/client";
import { Problem } from "../api/problem";
import { useLanguage } from "../i18n/context";
import { marketPath } from "../ui/marketPath";
import { Notice } from "../ui/Notice";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/ProblemNotice";
import { History } from "./History";
import { usePriceMessages } from "./messages";
import styles from "./PricesPage.module.css";
import { pricesQuery } from "./queries";
import { useFollowing } from "./useFollowing";
import { RelistLink, WriteLinks } from "./WriteLinks";

/** What the price of a listing did, and does. */
export function PricesPage() {
  const { m } = useLanguage();
  const { id = "" } = useParams();
  const { data, error, dataUpdatedAt, refetch } = useQuery(pricesQuery(id));
  // what was read is drawn in pieces, between which the page can be used
  const prices = useDeferredValue(data);
  const { isComing } = useRight("listings:write", id); // so that no link comes in between later
  const withdrawn = error instanceof Problem && error.status === 410 ? error.body?.listing : undefined;
  const isFollowed = useFollowing(id, data !== undefined || withdrawn !== undefined);
  const listing = withdrawn ?? prices?.listing;
  const isReady = prices !== undefined && !isComing;

  return (
    <Page title={listing ? m.listings.historyOf(listing.name) : m.listings.history}>
      {listing && <Place listing={listing} />}
      {isReady && !withdrawn && <WriteLinks id={id} />}
      {withdrawn && <Gone id={id} listing={withdrawn} isKept={data !== undefined} />}
      {isReady && <History id={id} prices={prices} readAt={dataUpdatedAt} isFollowed={isFollowed} />}
      {!isReady &&
        !withdrawn &&
        (error && !data ? <Failed error={error} onRetry={() => void refetch()} /> : <Skeleton />)}
      {listing && (
        <p>
          <Link to={marketPath({ ...listing.postal_address, building_type: listing.building_type })}>
            {m.listings.marketOf(listing.postal_address.city)}
          </Link>
        </p>
      )}
      <p>
        <Link to="/">{m.app.backToHomes}</Link>
      </p>
    </Page>
  );
}

function placeOf({ street_address, postal_code, city }: Schemas["PostalAddress"]): string {
  return `${street_address}, ${postal_code} ${city}`;
}

function Place({ listing: { postal_address: address } }: { listing: Schemas["Listing"] }) {
  const { f } = useLanguage();
  return (
    <p className={styles.place}>
      {placeOf(address)}, {f.country(address.country)}
    </p>
  );
}

/** The home is off the market; what was read before is still there, if one was here. */
function Gone({ id, listing, isKept }: { id: string; listing: Schemas["Listing"]; isKept: boolean }) {
  const { f } = useLanguage();
  const m = usePriceMessages();
  const { name, postal_address: address, latest_price_eur: price } = listing;
  return (
    <Notice role="alert" title={m.gone.title} action={<RelistLink id={id} />}>
      {m.gone.text(name, placeOf(address), f.euros(price))} {isKept ? m.gone.kept : m.gone.hint}
    </Notice>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const m = usePriceMessages();
  if (!(error instanceof Problem && error.status === 404)) return <ProblemNotice error={error} onRetry={onRetry} />;
  return <Notice title={m.missing.title}>{m.missing.text}</Notice>;
}

/** As large as what will take its place. */
function Skeleton() {
  const { m } = useLanguage();
  return <div className={styles.skeleton} role="status" aria-label={m.app.loading} aria-busy="true" />;
}
