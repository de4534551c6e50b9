/** What a history says, entry by entry, as the table and the chart tell it. Pure. */
import type { Schemas } from "../api/client";

export type Entry = Schemas["HistoryEntry"];
export type Scheduled = Schemas["ScheduledPrice"];

export interface Correction {
  date: string;
  reason: string;
  /** The price that was said first, in euros. */
  saidFirst: number;
}

/** Something that happened to the price of a listing, or is to happen. */
export interface Happening {
  /** Its own in the history, as long as nothing is taken away from that. */
  key: string;
  kind: "price" | "withdrawn" | "relisted" | "planned";
  date: string;
  /** The same in milliseconds since 1970. */
  time: number;
  /** The price in euros that holds from then on, with corrections applied; what is void has the one that was said. */
  price: number;
  /** Against the price before: in euros, and in percent; negative for a cut. */
  change?: number;
  percent?: number;
  correction?: Correction;
  isVoid: boolean;
}

/** What a history says, oldest first, then what is scheduled. */
export function storyOf(entries: readonly Entry[], scheduled: readonly Scheduled[] = []): Happening[] {
  const corrections = new Map(
    entries.filter((entry) => entry.kind === "correction").map((said) => [said.version, said]),
  );
  const story: Happening[] = [];
  let price = 0;
  for (const entry of entries) {
    if (entry.kind === "correction") continue;
    const told = entry.kind === "price" ? pricedOf(entry, corrections) : { price, isVoid: false };
    if (!told.isVoid) price = told.price;
    const { kind, created_date: date } = entry;
    story.push({ key: `${kind} ${entry.version}`, kind, date, time: Date.parse(date), ...told });
  }
  return [...story, ...planOf(scheduled, price)];
}

type PriceEntry = Extract<Entry, { kind: "price" }>;
type CorrectionEntry = Extract<Entry, { kind: "correction" }>;

function pricedOf(entry: PriceEntry, corrections: ReadonlyMap<number, CorrectionEntry>) {
  const by = corrections.get(entry.corrected_by_version ?? -1);
  const correction = by && { date: by.created_date, reason: by.reason, saidFirst: entry.price_eur };
  return {
    price: entry.corrected_price_eur ?? entry.price_eur,
    isVoid: entry.voided ?? false,
    ...(entry.change_eur !== undefined && { change: entry.change_eur }),
    ...(entry.change_percent !== undefined && { percent: entry.change_percent }),
    ...(correction && { correction }),
  };
}

function planOf(scheduled: readonly Scheduled[], current: number): Happening[] {
  const pending = scheduled.filter(({ state }) => state === "pending");
  pending.sort((one, other) => Date.parse(one.effective_date) - Date.parse(other.effective_date));
  return pending.map(({ version, price_eur: price, effective_date: date }, place) => {
    const before = pending[place - 1]?.price_eur ?? current;
    const change = inCents(price - before);
    const percent = before > 0 && { percent: inCents((100 * change) / before) };
    return {
      key: `planned ${version}`,
      kind: "planned",
      date,
      time: Date.parse(date),
      price,
      isVoid: false,
      change,
      ...percent,
    };
  });
}

function inCents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

/** What of it changed anything, and so is a point of the chart. */
export function pointsOf(story: readonly Happening[]): Happening[] {
  return story.filter(({ kind, isVoid, change }) => !isVoid && !(kind === "price" && change === 0));
}

export type Direction = "first" | "cut" | "rise" | "none";

/** Where a price went: a first price went nowhere. */
export function directionOf({ kind, change, isVoid }: Happening): Direction {
  if (kind === "withdrawn" || kind === "relisted" || isVoid || change === 0) return "none";
  if (change === undefined) return "first";
  return change < 0 ? "cut" : "rise";
}

/** A time off the market, in milliseconds; `to` is null as long as it lasts. */
export interface Absence {
  from: number;
  to: number | null;
}

export function absencesIn(story: readonly Happening[]): Absence[] {
  const absences: Absence[] = [];
  for (const { kind, time } of story) {
    const last = absences.at(-1);
    if (kind === "withdrawn") absences.push({ from: time, to: null });
    else if (kind === "relisted" && last) last.to = time;
  }
  return absences;
}
