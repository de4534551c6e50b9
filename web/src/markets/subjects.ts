/** What is said of a market: one chart and one table for each. Pure. */
import type { Formats } from "../i18n/formats";
import type { MarketMessages } from "./messages";
import type { MonthStatistics } from "./queries";

interface Column {
  label: string;
  value: (month: MonthStatistics) => number | undefined;
  text: (value: number) => string;
}

export interface Subject {
  name: "listings" | "price" | "perM2" | "cuts";
  kind: "bars" | "line";
  title: string;
  /** What is drawn. */
  main: Column;
  /** Between which values half of them are. */
  band?: [Column, Column];
  /** What the table says beside. */
  more: Column[];
}

export function subjectsIn(m: MarketMessages, f: Formats): Subject[] {
  const count = { text: f.number };
  const euros = { text: f.euros };
  const percent = { text: (value: number) => f.percent(value) };
  const lower: Column = { label: m.lowerQuartile, value: (month) => month.lower_quartile_price_eur, ...euros };
  const upper: Column = { label: m.upperQuartile, value: (month) => month.upper_quartile_price_eur, ...euros };
  return [
    {
      name: "price",
      kind: "line",
      title: m.priceTitle,
      main: { label: m.medianPrice, value: (month) => month.median_price_eur, ...euros },
      band: [lower, upper],
      more: [lower, upper],
    },
    {
      name: "perM2",
      kind: "line",
      title: m.perM2Title,
      main: { label: m.medianPerM2, value: (month) => month.median_price_per_m2_eur, text: f.eurosPerM2 },
      more: [{ label: m.withSurface, value: (month) => month.with_surface_count, ...count }],
    },
    {
      name: "listings",
      kind: "bars",
      title: m.listingsTitle,
      main: { label: m.listings, value: (month) => month.listings_count, ...count },
      more: [],
    },
    {
      name: "cuts",
      kind: "bars",
      title: m.cutsTitle,
      main: { label: m.reducedShare, value: (month) => month.reduced_share_percent, ...percent },
      more: [
        { label: m.reduced, value: (month) => month.reduced_count, ...count },
        { label: m.medianCut, value: (month) => month.median_cut_percent, ...percent },
      ],
    },
  ];
}

/** A value in words; why there is none, where there is none. */
export function textOf({ value, text }: Column, month: MonthStatistics, m: MarketMessages): string {
  const found = value(month);
  if (found !== undefined) return text(found);
  return month.listings_count === 0 ? m.none : m.tooFew;
}
