import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";

import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import { bounded, moved, placeAfter, type Range, wholeOf, zoomed } from "./chart/drawing";
import styles from "./HistoryChart.module.css";
import { Legend } from "./Legend";
import { usePriceMessages } from "./messages";
import { type Happening, pointsOf } from "./story";
import { usePlot } from "./usePlot";
import { pointText, summaryText } from "./words";

interface Props {
  story: readonly Happening[];
  /** Until when the last price holds, in milliseconds. */
  now: number;
}

const STEP = 2;

/** The history as steps. What can be done by pointing can be done by keys and buttons, and each point is said. */
export function HistoryChart({ story, now }: Props) {
  const { f } = useLanguage();
  const m = usePriceMessages();
  const announce = useAnnounce();
  const hint = useId();
  const [range, setRange] = useState<Range | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const application = useRef<HTMLDivElement>(null);
  const points = useMemo(() => pointsOf(story), [story]);
  const whole = wholeOf(points, now);
  const found = points.findIndex((point) => point.key === key);
  const place = found < 0 ? null : found;
  const point = points[found];

  const zoom = (next: Range | null) => {
    setRange(next);
    announce(next ? m.zoomedTo(...readable(next, f.dateTime)) : m.zoomReset);
  };
  const zoomBy = (factor: number) => {
    const [from, to] = range ?? whole;
    zoom(zoomed([from, to], factor, point?.time ?? (from + to) / 2, whole));
  };
  const goTo = (next: number) => {
    const target = points[next];
    if (!target) return;
    setKey(target.key);
    if (range) setRange(moved(range, target.time, whole));
    announce(pointText(target, { m, f }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = placeAfter(event.key, place, points.length);
    if (next !== null) goTo(next);
    else if (event.key === "+" || event.key === "=") zoomBy(1 / STEP);
    else if (event.key === "-") zoomBy(STEP);
    else if (event.key === "0") zoom(null);
    else if (event.key === "Escape") setKey(null);
    else return;
    event.preventDefault();
  };
  const shown = { points, now, range, place };
  const pointTo = (next: number | null) => {
    setKey(next === null ? null : (points[next]?.key ?? null));
  };
  const { canvas, tooltip } = usePlot(application, shown, {
    onZoom: (next) => {
      setRange(next && bounded(next, whole));
    },
    onPoint: pointTo,
    onWheel: (factor, around) => {
      setRange(zoomed(range ?? whole, factor, around, whole));
    },
  });
  return (
    <figure className={styles.figure}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- an application is worked by its keys */}
      <div
        ref={application}
        className={styles.chart}
        role="application"
        aria-label={m.chartLabel(summaryText(story, { m, f }))}
        aria-describedby={hint}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- an application is worked by its keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => {
          setKey(null);
        }}
      >
        <div ref={canvas} className={styles.canvas} aria-hidden="true" />
        <div ref={tooltip} className={styles.tooltip} hidden={!point} aria-hidden="true">
          {point && pointText(point, { m, f })}
        </div>
      </div>
      <p id={hint} hidden>
        {m.chartHint}
      </p>
      <figcaption className={styles.below}>
        <Legend points={points} />
        <ZoomButtons
          isZoomed={range !== null}
          onZoom={zoomBy}
          onReset={() => {
            zoom(null);
          }}
        />
        <p className={styles.hint}>{m.zoomByPointer}</p>
      </figcaption>
    </figure>
  );
}

function readable([from, to]: Range, written: (time: string) => string): [string, string] {
  return [written(new Date(from).toISOString()), written(new Date(to).toISOString())];
}

interface ZoomProps {
  isZoomed: boolean;
  onZoom: (factor: number) => void;
  onReset: () => void;
}

function ZoomButtons({ isZoomed, onZoom, onReset }: ZoomProps) {
  const m = usePriceMessages();
  return (
    <div className={styles.buttons}>
      <button
        type="button"
        aria-label={m.zoomIn}
        onClick={() => {
          onZoom(1 / STEP);
        }}
      >
        +
      </button>
      <button
        type="button"
        aria-label={m.zoomOut}
        disabled={!isZoomed}
        onClick={() => {
          onZoom(STEP);
        }}
      >
        −
      </button>
      <button type="button" disabled={!isZoomed} onClick={onReset}>
        {m.zoomReset}
      </button>
    </div>
  );
}
