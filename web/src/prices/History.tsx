import { useMemo } from "react";

import { useLanguage } from "../i18n/context";
import { Download } from "./Download";
import styles from "./History.module.css";
import { HistoryChart } from "./HistoryChart";
import { HistoryTable } from "./HistoryTable";
import { usePriceMessages } from "./messages";
import { MOST_ENTRIES, type Prices } from "./queries";
import { storyOf } from "./story";
import { Summary } from "./Summary";
import { useNews } from "./useNews";
import { useNow } from "./useNow";

interface Props {
  id: string;
  prices: Prices;
  /** When they were read, in milliseconds. */
  readAt: number;
  /** Whether changes appear by themselves now. */
  isFollowed: boolean;
}

/** The history of a listing in short, as a chart and as a table. What is new in it is said. */
export function History({ id, prices, readAt, isFollowed }: Props) {
  const { f } = useLanguage();
  const m = usePriceMessages();
  const { entries, scheduled, isWhole, summary } = prices;
  const story = useMemo(() => storyOf(entries, scheduled), [entries, scheduled]);
  const now = useNow(readAt);
  useNews(story, isFollowed);

  return (
    <>
      <section aria-labelledby="in-short">
        <h2 id="in-short">{m.inShort}</h2>
        <Summary summary={summary} />
        <p className={isFollowed ? styles.followed : styles.lost}>{isFollowed ? m.live : m.lost}</p>
      </section>
      <section aria-labelledby="chart">
        <h2 id="chart">{m.chart}</h2>
        <HistoryChart story={story} now={now} />
      </section>
      <section aria-labelledby="all-prices">
        <h2 id="all-prices">{m.table}</h2>
        {!isWhole && <p>{m.partial(f.number(MOST_ENTRIES))}</p>}
        <HistoryTable story={story} />
        <Download id={id} />
      </section>
    </>
  );
}
