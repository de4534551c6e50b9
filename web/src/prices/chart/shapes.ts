/** What is drawn on the canvas beside axes: steps, marks and times off the market. */
import uPlot from "uplot";

import { directionOf, type Happening } from "../story";
import type { Colours } from "../../ui/chart/colours";
import { absencesUntil, placeAt } from "./drawing";
import type { Shown } from "./plot";

const RADIUS = 5;
const LEAST_APART = 6;
const HATCH = 8;

/** A line that holds its value until the next one, and ends where there is none. */
export const stepPath: uPlot.Series.PathBuilder = (chart, column) => {
  const stroke = new Path2D();
  const values = chart.data[column] ?? [];
  let before: number | null = null;
  chart.data[0].forEach((time, place) => {
    const value = values[place] ?? null;
    const x = chart.valToPos(time, "x", true);
    const y = value === null ? null : chart.valToPos(value, "y", true);
    if (before !== null) stroke.lineTo(x, before);
    if (y !== null) {
      if (before === null) stroke.moveTo(x, y);
      else stroke.lineTo(x, y);
    }
    before = y;
  });
  return { stroke };
};

/** Times off the market, hatched. */
export function drawAbsences(chart: uPlot, { points, now }: Shown, { absence }: Colours): void {
  const { ctx, bbox } = chart;
  for (const [from, to] of absencesUntil(points, now)) {
    const left = Math.max(chart.valToPos(from, "x", true), bbox.left);
    const right = Math.min(chart.valToPos(to, "x", true), bbox.left + bbox.width);
    if (right <= left) continue;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, bbox.top, right - left, bbox.height);
    ctx.clip();
    ctx.strokeStyle = absence;
    ctx.globalAlpha = 0.5;
    ctx.beginPath();
    const apart = HATCH * uPlot.pxRatio;
    for (let x = left - bbox.height; x < right; x += apart) {
      ctx.moveTo(x, bbox.top + bbox.height);
      ctx.lineTo(x + bbox.height, bbox.top);
    }
    ctx.stroke();
    ctx.restore();
  }
}

/** Cuts point down, rises up, and first prices are round; where they would lie upon each other there is only the line. */
export function drawMarks(chart: uPlot, points: readonly Happening[], colours: Colours): void {
  const { min = 0, max = 0 } = chart.scales.x ?? {};
  const [first, last] = [placeAt(points, min), placeAt(points, max)];
  if ((last - first) * LEAST_APART * uPlot.pxRatio > chart.bbox.width) return;
  clipped(chart, () => {
    for (const point of points.slice(first, last + 1)) drawMark(chart, point, colours);
  });
}

function drawMark(chart: uPlot, point: Happening, colours: Colours): void {
  const direction = directionOf(point);
  if (direction === "none") return;
  const { ctx } = chart;
  const radius = RADIUS * uPlot.pxRatio;
  const [x, y] = [chart.valToPos(point.time, "x", true), chart.valToPos(point.price, "y", true)];
  ctx.beginPath();
  if (direction === "first") ctx.arc(x, y, radius, 0, 2 * Math.PI);
  else triangle(ctx, x, y, direction === "cut" ? radius : -radius);
  const colour = direction === "first" ? colours.line : colours[direction];
  const isPlanned = point.kind === "planned";
  ctx.lineWidth = 2 * uPlot.pxRatio;
  ctx.strokeStyle = isPlanned ? colour : colours.surface;
  ctx.fillStyle = isPlanned ? colours.surface : colour;
  ctx.stroke();
  ctx.fill();
}

/** Points down by its height if that is positive, else up. */
function triangle(ctx: CanvasRenderingContext2D, x: number, y: number, height: number): void {
  ctx.moveTo(x, y + 1.2 * height);
  ctx.lineTo(x - 1.2 * height, y - 0.8 * height);
  ctx.lineTo(x + 1.2 * height, y - 0.8 * height);
  ctx.closePath();
}

/** A line and a ring at the point that is pointed at. */
export function drawPointer(chart: uPlot, { points, place }: Shown, { text, line }: Colours): void {
  const point = place === null ? undefined : points[place];
  if (!point) return;
  const { ctx, bbox } = chart;
  const [x, y] = [chart.valToPos(point.time, "x", true), chart.valToPos(point.price, "y", true)];
  clipped(chart, () => {
    ctx.lineWidth = uPlot.pxRatio;
    ctx.strokeStyle = text;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.lineWidth = 2 * uPlot.pxRatio;
    ctx.strokeStyle = line;
    ctx.beginPath();
    ctx.arc(x, y, 2 * RADIUS * uPlot.pxRatio, 0, 2 * Math.PI);
    ctx.stroke();
  });
}

function clipped({ ctx, bbox }: uPlot, draw: () => void): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top - RADIUS * 2 * uPlot.pxRatio, bbox.width, bbox.height + RADIUS * 4 * uPlot.pxRatio);
  ctx.clip();
  ctx.setLineDash([]); // the one of the series before it
  draw();
  ctx.restore();
}
