/** What a new price would be against the one before. Pure. */
import type { Formats } from "../i18n/formats";
import type { WritingMessages } from "./messages";

export interface PriceChange {
  from: number;
  to: number;
  /** In percent of the price before, with two decimals as the API has it; null where that was 0. */
  percent: number | null;
}

/** The change from one price in euros to another; null if there is none. */
export function priceChange(from: number, to: number): PriceChange | null {
  const [before, after] = [Math.round(from * 100), Math.round(to * 100)];
  if (before === after) return null;
  return { from, to, percent: before === 0 ? null : percentOf(after - before, before) };
}

/** Half a hundredth is rounded away from 0, up and down alike. */
function percentOf(change: number, before: number): number {
  return (Math.sign(change) * Math.round((Math.abs(change) * 10_000) / before)) / 100;
}

/** The same as one says it: “from 300 000 € to 285 000 €, −5 %”. */
export function changeText({ from, to, percent }: PriceChange, { change }: WritingMessages, f: Formats): string {
  const by = percent === null ? "" : f.percent(percent, { signed: true });
  return change.fromTo(f.euros(from), f.euros(to), by);
}
