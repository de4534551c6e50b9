import type { ReactNode } from "react";

import type { Schemas } from "../api/client";
import { useLanguage } from "../i18n/context";
import { usePriceMessages } from "./messages";
import styles from "./Summary.module.css";

/** What the history comes to, with corrections applied. */
export function Summary({ summary }: { summary: Schemas["PriceSummary"] }) {
  const { f } = useLanguage();
  const m = usePriceMessages();
  const { change_since_original_percent: percent, price_per_m2_eur: perM2 } = summary;
  return (
    <dl className={styles.facts}>
      <Fact name={m.now} isMain>
        {f.euros(summary.current_price_eur)}
      </Fact>
      <Fact name={m.original}>{f.euros(summary.original_price_eur)}</Fact>
      {percent !== undefined && <Fact name={m.sinceOriginal}>{f.percent(percent, { signed: true })}</Fact>}
      <Fact name={m.lowest}>{f.euros(summary.lowest_price_eur)}</Fact>
      <Fact name={m.highest}>{f.euros(summary.highest_price_eur)}</Fact>
      {perM2 !== undefined && <Fact name={m.perM2}>{f.eurosPerM2(perM2)}</Fact>}
      <Fact name={m.cuts}>{f.number(summary.cuts_count)}</Fact>
      <Fact name={m.rises}>{f.number(summary.rises_count)}</Fact>
      <Fact name={m.changedOn}>{f.date(summary.price_changed_date)}</Fact>
      <Fact name={m.daysOnMarket}>{m.days(summary.days_on_market)}</Fact>
    </dl>
  );
}

function Fact({ name, isMain = false, children }: { name: string; isMain?: boolean; children: ReactNode }) {
  return (
    <div className={isMain ? styles.main : undefined}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
