import { useMemo, useState } from "react";

import { useLanguage } from "../i18n/context";
import styles from "./Market.module.css";
import { useMarketMessages } from "./messages";
import { isSilent, monthsIn, wholeMonths } from "./months";
import { MonthChart } from "./MonthChart";
import type { MonthStatistics } from "./queries";
import { subjectsIn } from "./subjects";

/** A market in charts; which month they say in words is chosen for all of them. */
export function Statistics({ given }: { given: MonthStatistics[] }) {
  const { language, f } = useLanguage();
  const m = useMarketMessages();
  const months = useMemo(() => wholeMonths(given), [given]);
  const subjects = useMemo(() => subjectsIn(m, f), [m, f]);
  const [chosen, setChosen] = useState<number | null>(null);
  const last = months.length - 1;
  const place = Math.min(chosen ?? last, last);
  const monthText = monthsIn(language)(months[place]?.month ?? "");
  const silent = months.filter(isSilent).length;
  return (
    <>
      <p className={styles.quiet}>{m.explained}</p>
      {silent > 0 && <p className={styles.quiet}>{m.silent(m.silentMonths(silent))}</p>}
      {last > 0 && (
        <label className={styles.slider}>
          <span>
            {m.monthShown}: {monthText}
          </span>
          <input
            type="range"
            min={0}
            max={last}
            value={place}
            aria-valuetext={monthText}
            onChange={({ target }) => {
              setChosen(target.valueAsNumber);
            }}
          />
        </label>
      )}
      <div className={styles.charts}>
        {subjects.map((subject) => (
          <MonthChart key={subject.name} subject={subject} months={months} place={place} onPlace={setChosen} />
        ))}
      </div>
    </>
  );
}
