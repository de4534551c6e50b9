import { onDemand } from "./onDemand";

/** How amounts, measures and times are written in a language. */
export interface Formats {
  euros: (amount: number) => string;
  eurosPerM2: (amount: number) => string;
  number: (value: number) => string;
  /** Of 5 for 5 %; `signed` says also that it is a rise. */
  percent: (value: number, options?: { signed: boolean }) => string;
  m2: (area: number) => string;
  /** Of 3600 seconds: 1 hour. In whole ones of the largest unit that there is one of. */
  duration: (seconds: number) => string;
  date: (time: string) => string;
  dateTime: (time: string) => string;
  country: (code: string) => string;
}

/** Amounts have cents only where there are some. */
const EUROS: Intl.NumberFormatOptions = { style: "currency", currency: "EUR", trailingZeroDisplay: "stripIfInteger" };

const UNITS = { day: 86_400, hour: 3600, minute: 60, second: 1 } as const;

function durationIn(language: string, seconds: number): string {
  const units = Object.entries(UNITS);
  const [unit, length] = units.find(([, size]) => seconds >= size) ?? ["second", 1];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(
    Math.floor(seconds / length),
  );
}

/**
 * Dates are written as in `locale`. Numbers are not: they would differ from those that forms of the language show and take,
 * as the decimals of `en-ZA` do.
 */
export function formatsOf(language: string, locale = language): Formats {
  const euros = onDemand(() => new Intl.NumberFormat(language, EUROS));
  const wholeEuros = onDemand(() => new Intl.NumberFormat(language, { ...EUROS, maximumFractionDigits: 0 }));
  const numbers = onDemand(() => new Intl.NumberFormat(language, { maximumFractionDigits: 2 }));
  const percents = onDemand(() => new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 2 }));
  const changes = onDemand(
    () =>
      new Intl.NumberFormat(language, {
        style: "percent",
        maximumFractionDigits: 2,
        signDisplay: "exceptZero",
      }),
  );
  const dates = onDemand(() => new Intl.DateTimeFormat(locale, { dateStyle: "medium" }));
  const times = onDemand(() => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }));
  const countries = onDemand(() => new Intl.DisplayNames(language, { type: "region" }));
  return {
    euros: (amount) => euros().format(amount),
    eurosPerM2: (amount) => `${wholeEuros().format(amount)}/m²`,
    number: (value) => numbers().format(value),
    percent: (value, options) => (options?.signed ? changes() : percents()).format(value / 100),
    m2: (area) => `${numbers().format(area)}\u00a0m²`,
    duration: (seconds) => durationIn(language, seconds),
    date: (time) => dates().format(new Date(time)),
    dateTime: (time) => times().format(new Date(time)),
    country: (code) => countries().of(code) ?? code,
  };
}
