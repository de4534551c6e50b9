/** The chart itself, on a canvas: uPlot, which is loaded with this. */
import "uplot/dist/uPlot.min.css";

import type uPlot from "uplot";

import type { Happening } from "../story";
import { type Colours, coloursIn } from "../../ui/chart/colours";
import { drawnIn } from "../../ui/chart/drawing";
import { columnsOf, placeAt, pricesIn, type Range, wholeOf } from "./drawing";
import { timeLabels } from "./labels";
import { drawAbsences, drawMarks, drawPointer, stepPath } from "./shapes";

export interface Shown {
  points: readonly Happening[];
  now: number;
  /** What is zoomed to; null for the whole. */
  range: Range | null;
  /** The place of the point that is pointed at. */
  place: number | null;
}

interface Options {
  locale: string;
  euros: (amount: number) => string;
  onZoom: (range: Range | null) => void;
  onPoint: (place: number | null) => void;
}

export interface Plot {
  show: (shown: Shown) => void;
  /** The time at a place of the window, in milliseconds; and how far that is from the left of the plot, from 0 to 1. */
  timeAt: (clientX: number) => { time: number; share: number };
  /** Where a point is, in pixels from the corner of the element. */
  positionOf: (happening: Happening) => { left: number; top: number };
}

const FONT = "12px system-ui, sans-serif";
const LEAST_DRAG = 5;
const X_AXIS_HEIGHT = 44;
const GAP = 10;

/** Draws it, in pieces of work, until the signal; null if that came before it was drawn. */
export async function plotIn(
  element: HTMLElement,
  initially: Shown,
  { locale, euros, onZoom, onPoint }: Options,
  signal: AbortSignal,
): Promise<Plot | null> {
  const colours = coloursIn(element);
  let shown = initially;
  const range = () => shown.range ?? wholeOf(shown.points, shown.now);
  const labels = timeLabels(locale);

  const chart = await drawnIn(
    element,
    {
      ms: 1,
      legend: { show: false },
      padding: [GAP, GAP, 0, 0],
      scales: {
        x: { time: true, auto: false, range: () => [...range()] },
        y: { range: () => [...pricesIn(shown.points, range())] },
      },
      axes: [
        {
          ...axis(colours),
          size: X_AXIS_HEIGHT,
          space: 70,
          values: (_, times, __, ___, apart) => labels(times, apart),
        },
        { ...axis(colours), size: widest, values: (_, amounts) => amounts.map(euros) },
      ],
      series: [
        {},
        { stroke: colours.line, width: 2, paths: stepPath, points: { show: false } },
        { stroke: colours.line, width: 2, dash: [5, 5], paths: stepPath, points: { show: false } },
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
        bind: { dblclick: () => () => (onZoom(null), null) },
      },
      hooks: {
        drawClear: [
          (drawn) => {
            drawAbsences(drawn, shown, colours);
          },
        ],
        draw: [
          (drawn) => {
            drawMarks(drawn, shown.points, colours);
            drawPointer(drawn, shown, colours);
          },
        ],
        setCursor: [
          (drawn) => {
            const { left = -1 } = drawn.cursor;
            onPoint(left < 0 ? null : placeAt(shown.points, drawn.posToVal(left, "x")));
          },
        ],
        setSelect: [
          (drawn) => {
            const { left, width } = drawn.select;
            if (width < LEAST_DRAG) return;
            drawn.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            onZoom([drawn.posToVal(left, "x"), drawn.posToVal(left + width, "x")]);
          },
        ],
      },
    },
    columnsOf(shown.points, shown.now),
    signal,
  );
  if (!chart) return null;

  return {
    show: (next) => {
      const before = shown;
      if (isSame(before, next)) return;
      shown = next;
      if (before.points !== next.points || before.now !== next.now)
        chart.setData(columnsOf(next.points, next.now), false);
      const [min, max] = range();
      chart.setScale("x", { min, max });
      chart.redraw(false);
    },
    timeAt: (clientX) => {
      const { left, width } = chart.over.getBoundingClientRect();
      const share = Math.min(Math.max((clientX - left) / width, 0), 1);
      return { time: chart.posToVal(share * width, "x"), share };
    },
    positionOf: ({ time, price }) => ({
      left: chart.over.offsetLeft + chart.valToPos(time, "x"),
      top: chart.over.offsetTop + chart.valToPos(price, "y"),
    }),
  };
}

function isSame(one: Shown, other: Shown): boolean {
  return one.points === other.points && one.now === other.now && one.range === other.range && one.place === other.place;
}

function axis({ text, grid }: Colours): uPlot.Axis {
  return { stroke: text, font: FONT, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
}

/** As wide as the longest amount, so that none is cut off. */
function widest(chart: uPlot, amounts: string[] | null): number {
  chart.ctx.save();
  chart.ctx.font = FONT;
  const width = Math.max(0, ...(amounts ?? []).map((amount) => chart.ctx.measureText(amount).width));
  chart.ctx.restore();
  return Math.ceil(width) + 2 * GAP;
}
