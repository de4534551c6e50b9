import { Fragment, memo } from "react";
import { Link } from "react-router";

import { useLanguage } from "../i18n/context";
import { marketPath } from "../ui/marketPath";
import styles from "./ListingCard.module.css";
import type { Listing } from "./queries";

interface Props {
  listing: Listing;
  isOwn: boolean;
}

/** A listing at a glance. All cards are of one height, in which each part has room for two lines; what needs more gets it. */
export const ListingCard = memo(function ListingCard({ listing, isOwn }: Props) {
  const { m, f } = useLanguage();
  const { postal_address: address } = listing;
  const place = `${address.street_address}, ${address.postal_code} ${address.city}, ${f.country(address.country)}`;
  const facts = [
    m.listings.types[listing.building_type],
    f.m2(listing.surface_area_m2),
    m.listings.roomCount(listing.rooms_count),
    m.listings.bedroomCount(listing.bedrooms_count),
  ];
  return (
    <article className={styles.card} aria-labelledby={`listing-${listing.id}`}>
      <div className={styles.photo} aria-hidden="true" />
      <div className={styles.body}>
        <h2 id={`listing-${listing.id}`} className={styles.name} title={listing.name}>
          {listing.name}
        </h2>
        <p className={styles.address} title={place}>
          {place}
        </p>
        <Price listing={listing} />
        <p className={styles.facts}>
          {facts.map((fact, place) => (
            <Fragment key={fact}>
              {place > 0 && " · "}
              <span>{fact}</span>
            </Fragment>
          ))}
        </p>
        <p className={styles.description}>{listing.description}</p>
        <p className={styles.foot}>
          <span>{m.listings.reference(listing.id)}</span>
          <time dateTime={listing.updated_date}>{m.listings.updated(f.date(listing.updated_date))}</time>
        </p>
        <p className={styles.links}>
          <Link to={`/${listing.id}/prices`} aria-label={m.listings.historyOf(listing.name)}>
            {m.listings.history}
          </Link>
          <Link
            to={marketPath({ ...address, building_type: listing.building_type })}
            aria-label={m.listings.marketOf(address.city)}
          >
            {m.listings.market}
          </Link>
          {isOwn && (
            <Link to={`/${listing.id}/edit`} aria-label={m.listings.editOf(listing.name)}>
              {m.listings.edit}
            </Link>
          )}
        </p>
      </div>
    </article>
  );
});

/** The price; the one before it and the cut in percent, if it was cut; and the price of a square metre. */
function Price({ listing: { latest_price_eur, summary } }: { listing: Listing }) {
  const { m, f } = useLanguage();
  const percent = summary.change_since_previous_percent ?? 0;
  return (
    <p className={styles.price}>
      <strong>{f.euros(latest_price_eur)}</strong>{" "}
      {percent < 0 && summary.previous_price_eur !== undefined && (
        <>
          <del>
            <span className="visually-hidden">{m.listings.before} </span>
            {f.euros(summary.previous_price_eur)}
          </del>{" "}
          <span className={styles.cut}>{f.percent(percent, { signed: true })}</span>{" "}
        </>
      )}
      {summary.price_per_m2_eur !== undefined && (
        <span className={styles.perM2}>{f.eurosPerM2(summary.price_per_m2_eur)}</span>
      )}
    </p>
  );
}
