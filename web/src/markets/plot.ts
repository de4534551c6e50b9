/** The charts of a market, on canvases: uPlot, which is loaded with this. */
import "uplot/dist/uPlot.min.css";

import uPlot from "uplot";

import { type Colours, coloursIn } from "../ui/chart/colours";
import { drawnIn } from "../ui/chart/drawing";

export interface Columns {
  /** The starts of the months, in milliseconds. */
  times: number[];
  main: (number | null)[];
  /** Lower and upper bounds around it. */
  band?: [(number | null)[], (number | null)[]];
}

interface Options {
  kind: "bars" | "line";
  language: string;
  text: (value: number) => string;
  onPoint: (place: number) => void;
}

export interface Plot {
  /** Draw a line at the month that is shown. */
  point: (place: number) => void;
}

const FONT = "12px system-ui, sans-serif";
const BAR_SHARE = 0.7;
const GAP = 10;
/** What bars count has no halves. */
const WHOLE = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));
/** So that the first and the last bar are whole. */
const HALF_A_MONTH = 16 * 24 * 60 * 60 * 1000;

/** Draws it, in pieces of work, until the signal; null if that came before it was drawn. */
export async function plotIn(
  element: HTMLElement,
  columns: Columns,
  { kind, language, text, onPoint }: Options,
  signal: AbortSignal,
): Promise<Plot | null> {
  const colours = coloursIn(element);
  const months = new Intl.DateTimeFormat(language, { month: "short", year: "2-digit", timeZone: "UTC" });
  let shown = columns.times.length - 1;
  const chart = await drawnIn(
    element,
    {
      ms: 1,
      tzDate: (time) => uPlot.tzDate(new Date(time), "Etc/UTC"),
      legend: { show: false },
      padding: [GAP, 2 * GAP, 0, 0],
      scales: {
        x: { range: (_, from, to) => [from - HALF_A_MONTH, to + HALF_A_MONTH] },
        y: { range: (_, lowest, highest) => (kind === "bars" ? [0, (highest || 1) * 1.1] : around(lowest, highest)) },
      },
      axes: [
        { ...axis(colours), space: 60, values: (_, times) => times.map((time) => months.format(time)) },
        {
          ...axis(colours),
          ...(kind === "bars" && { incrs: WHOLE }),
          size: widest,
          values: (_, values) => values.map(text),
        },
      ],
      series: [{}, ...seriesOf(kind, columns, colours)],
      bands: columns.band ? [{ series: [3, 2], fill: translucent(colours.line) }] : [],
      cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
      hooks: {
        setCursor: [
          ({ cursor: { idx, left = -1 } }) => {
            if (left >= 0 && typeof idx === "number") onPoint(idx);
          },
        ],
        draw: [
          (drawn) => {
            drawLine(drawn, columns.times[shown] ?? 0, colours);
          },
        ],
      },
    },
    [columns.times, columns.main, ...(columns.band ?? [])],
    signal,
  );
  if (!chart) return null;
  return {
    point: (place) => {
      if (place === shown) return;
      shown = place;
      chart.redraw(false);
    },
  };
}

function seriesOf(kind: "bars" | "line", { band }: Columns, { line }: Colours): uPlot.Series[] {
  const bound: uPlot.Series = { points: { show: false }, spanGaps: false };
  if (kind === "line") {
    return [{ stroke: line, width: 2, points: { show: true, size: 6, fill: line } }, ...(band ? [bound, bound] : [])];
  }
  const bars = uPlot.paths.bars?.({ size: [BAR_SHARE, 60] });
  return [{ stroke: line, fill: line, points: { show: false }, ...(bars && { paths: bars }) }];
}

function around(lowest: number, highest: number): uPlot.Range.MinMax {
  const free = Math.max((highest - lowest) * 0.15, highest * 0.02, 1);
  return [Math.max(lowest - free, 0), highest + free];
}

function translucent(colour: string): string {
  return colour.replace(/^rgb\((.*)\)$/, "rgba($1, 0.15)");
}

function axis({ text, grid }: Colours): uPlot.Axis {
  return { stroke: text, font: FONT, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
}

/** As wide as the longest amount, so that none is cut off. */
function widest(chart: uPlot, texts: string[] | null): number {
  chart.ctx.save();
  chart.ctx.font = FONT;
  const width = Math.max(0, ...(texts ?? []).map((text) => chart.ctx.measureText(text).width));
  chart.ctx.restore();
  return Math.ceil(width) + 2 * GAP;
}

function drawLine(chart: uPlot, time: number, { text }: Colours): void {
  const { ctx, bbox } = chart;
  const x = chart.valToPos(time, "x", true);
  ctx.save();
  ctx.strokeStyle = text;
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash([4 * uPlot.pxRatio, 4 * uPlot.pxRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
