import { type RefObject, useEffect, useEffectEvent, useRef, useState } from "react";

import { useLanguage } from "../i18n/context";
import { breath } from "../ui/breath";
import { useColourChanges } from "../ui/chart/colours";
import { placeAt, type Range } from "./chart/drawing";
import { listenToGestures } from "./chart/gestures";
import type { Plot, Shown } from "./chart/plot";

interface Handlers {
  onZoom: (range: Range | null) => void;
  onPoint: (place: number | null) => void;
  onWheel: (factor: number, around: number) => void;
}

interface Parts {
  /** What is drawn on. */
  canvas: RefObject<HTMLDivElement | null>;
  /** What is put beside the point that is pointed at. */
  tooltip: RefObject<HTMLDivElement | null>;
}

/** Draws into an element as soon as the code for that is there, anew in another language and in other colours. */
export function usePlot(area: RefObject<HTMLElement | null>, shown: Shown, handlers: Handlers): Parts {
  const { locale, f } = useLanguage();
  const canvas = useRef<HTMLDivElement>(null);
  const tooltip = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<Plot | null>(null);
  const colours = useColourChanges();
  const onZoom = useEffectEvent(handlers.onZoom);
  const onPoint = useEffectEvent(handlers.onPoint);
  const onWheel = useEffectEvent(handlers.onWheel);
  const initially = useEffectEvent(() => shown);
  const placeOf = useEffectEvent((time: number) => placeAt(shown.points, time));

  useEffect(() => {
    const end = new AbortController();
    const draw = async () => {
      const { plotIn } = await import("./chart/plot");
      await breath();
      if (end.signal.aborted || !canvas.current) return;
      const options = { locale, euros: f.euros, onZoom, onPoint };
      const drawn = await plotIn(canvas.current, initially(), options, end.signal);
      if (drawn) setPlot(drawn);
    };
    void draw();
    return () => {
      end.abort();
      setPlot(null);
    };
  }, [locale, f, colours]);

  useEffect(() => {
    if (!plot || !area.current) return undefined;
    const element = area.current;
    const end = new AbortController();
    const gestures = {
      takesWheel: () => element.contains(document.activeElement),
      timeAt: plot.timeAt,
      onWheel,
      onPinch: onZoom,
      onTouch: (time: number) => {
        onPoint(placeOf(time));
      },
    };
    listenToGestures(element, gestures, end.signal);
    return () => {
      end.abort();
    };
  }, [plot, area]);

  useEffect(() => {
    plot?.show(shown);
    const point = shown.points[shown.place ?? -1];
    if (plot && point && tooltip.current) putBeside(tooltip.current, plot.positionOf(point));
  });
  return { canvas, tooltip };
}

/** Above the point, and within the chart. */
function putBeside(tooltip: HTMLElement, { left, top }: { left: number; top: number }): void {
  const room = (tooltip.offsetParent?.clientWidth ?? 0) - tooltip.offsetWidth;
  tooltip.style.left = `${Math.max(0, Math.min(left - tooltip.offsetWidth / 2, room))}px`;
  tooltip.style.top = `${Math.max(0, top - tooltip.offsetHeight - 16)}px`;
}
