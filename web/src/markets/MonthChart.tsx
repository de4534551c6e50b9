import { useEffect, useEffectEvent, useRef } from "react";

import { useLanguage } from "../i18n/context";
import { breath } from "../ui/breath";
import { useColourChanges } from "../ui/chart/colours";
import styles from "./Market.module.css";
import { useMarketMessages } from "./messages";
import { monthsIn, startOf } from "./months";
import { MonthTable } from "./MonthTable";
import type { Columns, Plot } from "./plot";
import type { MonthStatistics } from "./queries";
import { type Subject, textOf } from "./subjects";

interface Props {
  subject: Subject;
  months: MonthStatistics[];
  /** The place of the month that is shown in words. */
  place: number;
  onPlace: (place: number) => void;
}

/** One thing that is said of a market: drawn, in words for one month, and as a table. */
export function MonthChart({ subject, months, place, onPlace }: Props) {
  const { language } = useLanguage();
  const m = useMarketMessages();
  const monthText = monthsIn(language);
  const canvas = useDrawing({ subject, months, place, onPlace });
  const [first, last, shown] = [months[0], months.at(-1), months[place]];
  if (!first || !last || !shown) return null;
  const ends = [textOf(subject.main, first, m), textOf(subject.main, last, m)] as const;
  return (
    <figure className={styles.figure}>
      <figcaption>
        <h2>{subject.title}</h2>
        <p className={styles.shown}>
          {monthText(shown.month)}: <strong>{textOf(subject.main, shown, m)}</strong>
        </p>
      </figcaption>
      {months.some((month) => subject.main.value(month) !== undefined) ? (
        <div
          ref={canvas}
          className={styles.canvas}
          role="img"
          aria-label={m.chart(subject.title, monthText(first.month), monthText(last.month), ...ends)}
        />
      ) : (
        <p className={styles.nothing}>{m.nothingToDraw}</p>
      )}
      <MonthTable subject={subject} months={months} />
    </figure>
  );
}

/** Draws as soon as the code for that is there, anew in another language and in other colours. */
function useDrawing({ subject, months, place, onPlace }: Props) {
  const { language } = useLanguage();
  const colours = useColourChanges();
  const canvas = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const onPoint = useEffectEvent(onPlace);
  const shown = useEffectEvent(() => place);

  useEffect(() => {
    const end = new AbortController();
    const draw = async () => {
      const { plotIn } = await import("./plot");
      await breath(); // one chart after the other
      if (end.signal.aborted || !canvas.current) return;
      const options = { kind: subject.kind, language, text: subject.main.text, onPoint };
      const drawn = await plotIn(canvas.current, columnsOf(subject, months), options, end.signal);
      if (!drawn) return;
      plot.current = drawn;
      drawn.point(shown());
    };
    void draw();
    return () => {
      end.abort();
      plot.current = null;
    };
  }, [subject, months, language, colours]);

  useEffect(() => {
    plot.current?.point(place);
  }, [place]);
  return canvas;
}

function columnsOf({ main, band }: Subject, months: readonly MonthStatistics[]): Columns {
  const valuesOf = (column: Subject["main"]) => months.map((month) => column.value(month) ?? null);
  return {
    times: months.map(({ month }) => startOf(month)),
    main: valuesOf(main),
    ...(band && { band: [valuesOf(band[0]), valuesOf(band[1])] }),
  };
}
