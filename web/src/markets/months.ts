/** The months of a market as they are shown. Pure. */
import type { MonthStatistics } from "./queries";

/** Of fewer listings the API says only how many they are. */
export const LEAST_LISTINGS = 5;

/** All months from the first to the last: those without listings, which the API leaves out, have none. */
export function wholeMonths(months: readonly MonthStatistics[]): MonthStatistics[] {
  const known = new Map(months.map((month) => [month.month, month]));
  const [first, last] = [months[0], months.at(-1)];
  if (!first || !last) return [];
  const whole: MonthStatistics[] = [];
  for (let place = placeOf(first.month); place <= placeOf(last.month); place++) {
    const month = monthAt(place);
    whole.push(known.get(month) ?? { month, listings_count: 0 });
  }
  return whole;
}

/** Whether there were listings, but too few to say what they cost. */
export function isSilent({ listings_count: count }: MonthStatistics): boolean {
  return count > 0 && count < LEAST_LISTINGS;
}

/** The first moment of a month, in milliseconds. */
export function startOf(month: string): number {
  return Date.parse(`${month}-01T00:00:00Z`);
}

/** How a language writes months. */
export function monthsIn(language: string): (month: string) => string {
  const format = new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" });
  return (month) => format.format(startOf(month));
}

const YEAR = 12;

function placeOf(month: string): number {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return year * YEAR + number - 1;
}

function monthAt(place: number): string {
  const [year, number] = [Math.floor(place / YEAR), (place % YEAR) + 1];
  return `${String(year).padStart(4, "0")}-${String(number).padStart(2, "0")}`;
}
