import { useMemo, useState } from "react";

import { useLanguage } from "../i18n/context";
import styles from "./HistoryTable.module.css";
import { usePriceMessages } from "./messages";
import { directionOf, type Happening } from "./story";

interface Props {
  /** Oldest first. */
  story: readonly Happening[];
}

const AT_FIRST = 100;
const MORE = 500;
const ORDERS = { newest: "descending", oldest: "ascending" } as const;

/** All that the chart shows, and what was corrected, as a table; the longest ones come piece by piece. */
export function HistoryTable({ story }: Props) {
  const m = usePriceMessages();
  const { language } = useLanguage();
  const changes = useMemo(() => signedEurosIn(language), [language]);
  const [order, setOrder] = useState<keyof typeof ORDERS>("newest");
  const [count, setCount] = useState(AT_FIRST);
  const rows = order === "newest" ? story.toReversed() : story;
  const rest = Math.min(rows.length - count, MORE);
  return (
    <>
      <table className={styles.table}>
        <caption>{m.caption(story.length)}</caption>
        <thead>
          <tr>
            <th scope="col" aria-sort={ORDERS[order]}>
              <button
                type="button"
                className="link"
                onClick={() => {
                  setOrder(order === "newest" ? "oldest" : "newest");
                }}
              >
                {m.date}
                <span className={styles.order}>, {order === "newest" ? m.newestFirst : m.oldestFirst}</span>
              </button>
            </th>
            <th scope="col">{m.price}</th>
            <th scope="col">{m.change}</th>
            <th scope="col">
              <span aria-hidden="true">%</span>
              <span className="visually-hidden">{m.percent}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, count).map((happening) => (
            <Row key={happening.key} happening={happening} changes={changes} />
          ))}
        </tbody>
      </table>
      {rest > 0 && (
        <button
          type="button"
          className={styles.more}
          onClick={() => {
            setCount(count + MORE);
          }}
        >
          {m.more(rest)}
        </button>
      )}
    </>
  );
}

const SIGNS = { cut: "▼ ", rise: "▲ " } as const;

function Row({ happening, changes }: { happening: Happening; changes: Intl.NumberFormat }) {
  const { f } = useLanguage();
  const m = usePriceMessages();
  const { kind, change, percent } = happening;
  const direction = directionOf(happening);
  const moves = direction === "cut" || direction === "rise" ? direction : null;
  return (
    <tr className={kind === "planned" ? styles.planned : undefined}>
      <th scope="row">
        <time dateTime={happening.date}>{f.dateTime(happening.date)}</time>
      </th>
      <td>
        <Price happening={happening} />
      </td>
      <td className={moves ? styles[moves] : undefined}>
        {direction === "first" && <small className={styles.note}>{m.legend.first}</small>}
        {moves && change !== undefined && (
          <>
            <span className="visually-hidden">{m[moves]} </span>
            <span aria-hidden="true">{SIGNS[moves]}</span>
            {changes.format(change)}
          </>
        )}
      </td>
      <td className={moves ? styles[moves] : undefined}>
        {moves && percent !== undefined && f.percent(percent, { signed: true })}
      </td>
    </tr>
  );
}

function signedEurosIn(language: string): Intl.NumberFormat {
  return new Intl.NumberFormat(language, {
    style: "currency",
    currency: "EUR",
    trailingZeroDisplay: "stripIfInteger",
    signDisplay: "exceptZero",
  });
}

/** The price, and what is to be known about it. */
function Price({ happening: { kind, price, isVoid, correction } }: { happening: Happening }) {
  const { f } = useLanguage();
  const m = usePriceMessages();
  if (kind === "withdrawn" || kind === "relisted") return <span className={styles.note}>{m[kind]}</span>;
  const text = correction && {
    voided: m.voided(f.date(correction.date), correction.reason),
    corrected: m.corrected(f.euros(correction.saidFirst), f.date(correction.date), correction.reason),
  };
  return (
    <>
      {isVoid ? <del>{f.euros(price)}</del> : f.euros(price)}
      {kind === "planned" && <small className={styles.note}> {m.planned}</small>}
      {text && <small className={styles.note}> {isVoid ? text.voided : text.corrected}</small>}
    </>
  );
}
