import { useQuery } from "@tanstack/react-query";

import { useLanguage } from "../i18n/context";
import { Failure } from "./Failure";
import { HomePage } from "./HomePage";
import { useWritingMessages } from "./messages";
import { PriceForm } from "./PriceForm";
import { type Loaded, scheduledQuery } from "./queries";
import { ScheduledPrices } from "./ScheduledPrices";
import styles from "./Writing.module.css";

/** The price of a home: to be changed at once or later, and what is scheduled. */
export function PricePage() {
  const m = useWritingMessages();
  return (
    <HomePage title={m.priceTitle} titleOf={m.priceOf} scope="prices:write">
      {(id, loaded) => <Prices id={id} loaded={loaded} />}
    </HomePage>
  );
}

/** Whoever may not see what is scheduled may not change the price either, and is told so before they try. */
function Prices({ id, loaded }: { id: string; loaded: Loaded }) {
  const { f } = useLanguage();
  const m = useWritingMessages();
  const { data: scheduled, error, refetch } = useQuery(scheduledQuery(id));
  return (
    <>
      <p>{m.price.current(f.euros(loaded.listing.latest_price_eur))}</p>
      {!scheduled && error && <Failure title={m.unavailable} error={error} onRetry={() => void refetch()} />}
      {!scheduled && !error && <div className={styles.coming} aria-busy="true" />}
      {scheduled && <PriceForm id={id} loaded={loaded} />}
      {scheduled && <ScheduledPrices id={id} loaded={loaded} scheduled={scheduled} />}
    </>
  );
}
