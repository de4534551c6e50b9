/** What the chart draws: points and times to numbers. Pure. */
import { absencesIn, type Happening } from "../story";

/** A window of time, in milliseconds. */
export type Range = readonly [from: number, to: number];

/** The columns of the chart: times, prices that hold from each (null: off the market), and the same of what is scheduled. */
export type Columns = [times: number[], prices: (number | null)[], planned: (number | null)[]];

/** How much of what is drawn is left free after its end. */
const MARGIN = 0.04;
const SHORTEST_MS = 1000;
const FREE_ABOVE = 0.15;

/** Prices hold until the next, and the last one until now; what is scheduled goes on from there. */
export function columnsOf(points: readonly Happening[], now: number): Columns {
  const columns: Columns = [[], [], []];
  const add = (time: number, price: number | null, planned: number | null) => {
    columns[0].push(time);
    columns[1].push(price);
    columns[2].push(planned);
  };
  const past = points.filter(({ kind }) => kind !== "planned");
  const planned = points.filter(({ kind }) => kind === "planned");
  const last = past.at(-1);
  for (const { time, kind, price } of past) add(time, kind === "withdrawn" ? null : price, null);
  const held = last && last.kind !== "withdrawn" ? last.price : null;
  const present = Math.max(now, last?.time ?? now);
  add(present, held, null);
  if (planned.length) add(present, null, held); // one line ends where the other begins
  for (const { time, price } of planned) add(Math.max(time, present), null, price);
  if (planned.length) add(wholeOf(points, now)[1], null, planned.at(-1)?.price ?? null);
  return columns;
}

/** From the first price to now, and to what is scheduled, with room for the last of it. */
export function wholeOf(points: readonly Happening[], now: number): Range {
  const from = points[0]?.time ?? now;
  const to = Math.max(now, points.at(-1)?.time ?? now, from + SHORTEST_MS);
  const free = (to - from) * MARGIN;
  return [from - free, to + free];
}

/** The place of the point that holds at a time; before all of them, that of the first. */
export function placeAt(points: readonly Happening[], time: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.time ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return Math.max(low - 1, 0);
}

/** Where a key leads from a point; null for keys that lead nowhere. */
export function placeAfter(key: string, place: number | null, count: number): number | null {
  const last = count - 1;
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (key === "ArrowLeft") return place === null ? last : Math.max(place - 1, 0);
  if (key === "ArrowRight") return place === null ? 0 : Math.min(place + 1, last);
  return null;
}

/** A window `factor` times as wide around a time, within the whole; null if that is all of it. */
export function zoomed([from, to]: Range, factor: number, around: number, whole: Range): Range | null {
  const width = Math.max((to - from) * factor, SHORTEST_MS);
  const left = around - ((around - from) / (to - from)) * width;
  return bounded([left, left + width], whole);
}

/** A window moved into the whole; null if it is no smaller. */
export function bounded([from, to]: Range, whole: Range): Range | null {
  return to - from >= whole[1] - whole[0] ? null : within([from, to], whole);
}

/** The same window, moved as little as shows a time with some room around it. */
export function moved([from, to]: Range, time: number, whole: Range): Range {
  const room = (to - from) * MARGIN;
  if (time >= from + room && time <= to - room) return [from, to];
  const by = time < from + room ? time - room - from : time + room - to;
  return within([from + by, to + by], whole);
}

function within([from, to]: Range, whole: Range): Range {
  const by = Math.max(whole[0] - from, 0) + Math.min(whole[1] - to, 0);
  return [from + by, to + by];
}

/** From the lowest to the highest price that holds in a window, with room around them. */
export function pricesIn(points: readonly Happening[], [from, to]: Range): Range {
  const first = placeAt(points, from);
  let [lowest, highest] = [Infinity, -Infinity];
  for (let place = first; place < points.length; place++) {
    const point = points[place] as Happening;
    if (point.time > to && place > first) break;
    lowest = Math.min(lowest, point.price);
    highest = Math.max(highest, point.price);
  }
  if (highest < lowest) return [0, 1];
  const free = Math.max((highest - lowest) * FREE_ABOVE, highest * 0.02, 1);
  return [Math.max(lowest - free, 0), highest + free];
}

/** The times off the market, those that last until now among them. */
export function absencesUntil(points: readonly Happening[], now: number): Range[] {
  return absencesIn(points).map(({ from, to }) => [from, to ?? Math.max(now, from)]);
}
