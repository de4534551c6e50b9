/** What stands below the chart: times, as short as they can be told apart. Pure. */
import { onDemand } from "../../i18n/onDemand";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MONTH = 28 * DAY;
const YEAR = 365 * DAY;

/** For the times of an axis that are so many milliseconds apart; what they share stands once, in a second line. */
export function timeLabels(locale: string): (times: readonly number[], apart: number) => string[] {
  const written = (options: Intl.DateTimeFormatOptions) => {
    const format = onDemand(() => new Intl.DateTimeFormat(locale, options));
    return (time: number) => format().format(time);
  };
  const year = written({ year: "numeric" });
  const month = written({ month: "short" });
  const day = written({ day: "numeric", month: "short" });
  const date = written({ dateStyle: "medium" });
  const minute = written({ hour: "numeric", minute: "2-digit" });
  const second = written({ hour: "numeric", minute: "2-digit", second: "2-digit" });

  return (times, apart) => {
    if (apart >= YEAR) return times.map(year);
    if (apart >= MONTH) return inTwoLines(times, month, year);
    if (apart >= DAY) return inTwoLines(times, day, year);
    return inTwoLines(times, apart >= MINUTE ? minute : second, date);
  };
}

type Write = (time: number) => string;

function inTwoLines(times: readonly number[], own: Write, shared: Write): string[] {
  let before = "";
  return times.map((time) => {
    const now = shared(time);
    const isNew = now !== before;
    before = now;
    return isNew ? `${own(time)}\n${now}` : own(time);
  });
}
