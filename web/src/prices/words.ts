/** What a history says in words. Pure. */
import type { Formats } from "../i18n/formats";
import type { PriceMessages } from "./messages";
import { absencesIn, directionOf, type Happening, pointsOf } from "./story";

export interface Speech {
  m: PriceMessages;
  f: Formats;
}

/** Something that happened, with its date: what is said of a point of the chart. */
export function pointText(happening: Happening, speech: Speech): string {
  return speech.m.point.at(speech.f.dateTime(happening.date), whatText(happening, speech));
}

/** The same without its date. */
export function whatText(happening: Happening, speech: Speech): string {
  const { point } = speech.m;
  if (happening.kind === "withdrawn") return point.withdrawn;
  if (happening.kind === "relisted") return point.relisted(speech.f.euros(happening.price));
  const said = priceText(happening, speech);
  return happening.kind === "planned" ? point.planned(said) : said;
}

function priceText(happening: Happening, { m: { point }, f }: Speech): string {
  const { price, change = 0, percent } = happening;
  const amount = f.euros(Math.abs(change));
  const by = percent === undefined ? amount : `${amount} (${f.percent(Math.abs(percent))})`;
  switch (directionOf(happening)) {
    case "first":
      return point.first(f.euros(price));
    case "cut":
      return point.cut(f.euros(price), by);
    case "rise":
      return point.rise(f.euros(price), by);
    case "none":
      return point.same(f.euros(price));
  }
}

/** All of it in a few sentences: the chart for those who do not see it. */
export function summaryText(story: readonly Happening[], { m: { sentence }, f }: Speech): string {
  const points = pointsOf(story);
  const prices = points.filter(({ kind }) => kind === "price");
  const [first, last] = [prices[0], prices.at(-1)];
  if (!first || !last) return "";
  const planned = points.filter(({ kind }) => kind === "planned");
  const absences = absencesIn(points).length;
  const [lowest, highest] = extremes(prices);
  return [
    ...(prices.length === 1
      ? [sentence.only(f.euros(first.price), f.date(first.date))]
      : [
          sentence.many(prices.length, f.date(first.date), f.euros(first.price), f.euros(last.price)),
          sentence.changes(count(prices, "cut"), count(prices, "rise")),
          sentence.extremes(f.euros(lowest), f.euros(highest)),
        ]),
    ...(absences ? [sentence.offMarket(absences)] : []),
    ...planned.map(({ price, date }) => sentence.planned(f.euros(price), f.date(date))),
  ].join(" ");
}

function count(prices: readonly Happening[], wanted: "cut" | "rise"): number {
  return prices.filter((happening) => directionOf(happening) === wanted).length;
}

function extremes(prices: readonly Happening[]): [number, number] {
  return prices.reduce<[number, number]>(
    ([lowest, highest], { price }) => [Math.min(lowest, price), Math.max(highest, price)],
    [Infinity, -Infinity],
  );
}

/** What is new in a history; null if nothing is. */
export function newsText(before: readonly Happening[], after: readonly Happening[], speech: Speech): string | null {
  const known = new Set(before.map(({ key }) => key));
  const added = after.filter(({ key }) => !known.has(key));
  const newest = added.at(-1);
  if (newest && added.length === after.length - before.length) return speech.m.news.added(whatText(newest, speech));
  const [was, is] = [before, after].map((story) => summaryText(story, speech));
  return is === undefined || was === is ? null : speech.m.news.changed(is);
}
