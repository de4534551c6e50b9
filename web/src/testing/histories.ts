import type { Schemas } from "../api/client";

type Entry = Schemas["HistoryEntry"];
type PriceEntry = Schemas["PriceEntry"];

/** The dates of a history: the 17th of January, February … 2026. */
export function dayOf(version: number): string {
  return new Date(Date.UTC(2026, version - 1, 17, 9)).toISOString();
}

function entry(version: number) {
  return { version, created_date: dayOf(version), recorded_date: dayOf(version), account_id: 1 };
}

/** The entry of a price as the API answers it; `others` is what matters to the test. */
export function aPrice(version: number, price_eur: number, others: Partial<PriceEntry> = {}): Entry {
  return { kind: "price", ...entry(version), price_eur, source: "api", ...others };
}

export function aWithdrawal(version: number): Entry {
  return { kind: "withdrawn", ...entry(version) };
}

export function aRelisting(version: number): Entry {
  return { kind: "relisted", ...entry(version) };
}

export function aCorrection(
  version: number,
  corrects_version: number,
  said: { price_eur: number } | { void: true },
): Entry {
  return { kind: "correction", ...entry(version), corrects_version, reason: "A zero was missing.", ...said };
}

export function aScheduledPrice(version: number, price_eur: number, effective_date: string): Schemas["ScheduledPrice"] {
  return { version, price_eur, effective_date, created_date: dayOf(version), state: "pending" };
}

/** 300 000 €, cut to 285 000 €, raised to 290 000 €. */
export function aHistory(): Entry[] {
  return [
    aPrice(1, 300000),
    aPrice(2, 285000, { change_eur: -15000, change_percent: -5 }),
    aPrice(3, 290000, { change_eur: 5000, change_percent: 1.75 }),
  ];
}
