/** Dates and times as `<input type="datetime-local">` has them, in the time zone of the browser. Pure. */
import type { Mistake } from "./fields";

const DAYS = 7;

/** The time that is meant, as RFC 3339 has it. */
export function momentOf(local: string): string {
  return new Date(local).toISOString();
}

export function momentMistake(local: string): Mistake | null {
  if (local === "") return "missing";
  return Date.parse(local) > Date.now() ? null : "future";
}

/** Midnight in a week, which is what one begins to choose from. */
export function inAWeek(now: Date): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + DAYS);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T00:00`;
}
