import { useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";
import { useParams } from "react-router";

import { Problem } from "../api/problem";
import { useLanguage } from "../i18n/context";
import type { Market } from "../ui/marketPath";
import { Notice } from "../ui/Notice";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/ProblemNotice";
import styles from "./Market.module.css";
import { BUILDING_TYPES, MarketForm } from "./MarketForm";
import { useMarketMessages } from "./messages";
import { statisticsQuery } from "./queries";
import { Statistics } from "./Statistics";

/** Chooses a market, and says of the one in the address what homes cost there. */
export function MarketPage() {
  const { f } = useLanguage();
  const m = useMarketMessages();
  const { country, city = "", type } = useParams();
  const building_type = BUILDING_TYPES.find((known) => known === type);
  if (country === undefined) {
    return (
      <Page title={m.title}>
        <p>{m.intro}</p>
        <MarketForm market={{}} />
      </Page>
    );
  }
  const market = { country: country as Market["country"], city };
  const title = building_type ? m.titleOf(city, m.types[building_type]) : city;
  return (
    <Page title={title}>
      <p>{/^[A-Z]{2}$/.test(country) && f.country(country)}</p>
      <MarketForm key={title + country} market={{ ...market, ...(building_type && { building_type }) }} />
      {building_type ? <Found market={{ ...market, building_type }} /> : <Unknown />}
    </Page>
  );
}

function Found({ market }: { market: Market }) {
  const { m: all } = useLanguage();
  const m = useMarketMessages();
  const { data, error, refetch } = useQuery(statisticsQuery(market));
  // what was read is drawn in pieces, between which the page can be used
  const statistics = useDeferredValue(data);
  if (statistics) {
    if (statistics.months.length > 0) return <Statistics given={statistics.months} />;
    return <Notice title={m.emptyTitle}>{m.emptyText}</Notice>;
  }
  if (error instanceof Problem && error.status === 404) return <Unknown />;
  if (error) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  return <div className={styles.skeleton} role="status" aria-label={all.app.loading} aria-busy="true" />;
}

function Unknown() {
  const m = useMarketMessages();
  return <Notice title={m.unknownTitle}>{m.unknownText}</Notice>;
}
