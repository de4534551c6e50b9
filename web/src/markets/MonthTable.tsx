import { useLanguage } from "../i18n/context";
import styles from "./Market.module.css";
import { useMarketMessages } from "./messages";
import { monthsIn } from "./months";
import type { MonthStatistics } from "./queries";
import { type Subject, textOf } from "./subjects";

/** The same as a chart says, newest first. */
export function MonthTable({ subject, months }: { subject: Subject; months: readonly MonthStatistics[] }) {
  const { language } = useLanguage();
  const m = useMarketMessages();
  const monthText = monthsIn(language);
  const columns = [subject.main, ...subject.more];
  return (
    <details className={styles.details}>
      <summary>{m.table(subject.title)}</summary>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keyboard */}
      <div className={styles.scroller} role="region" aria-label={subject.title} tabIndex={0}>
        <table>
          <caption className="visually-hidden">{subject.title}</caption>
          <thead>
            <tr>
              <th scope="col">{m.month}</th>
              {columns.map(({ label }) => (
                <th key={label} scope="col">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {months.toReversed().map((month) => (
              <tr key={month.month}>
                <th scope="row">{monthText(month.month)}</th>
                {columns.map((column) => (
                  <td key={column.label}>{textOf(column, month, m)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
