/** What is looked for, as it stands in the address of the page: it has the names that the API has. */
import type { paths } from "../api/schema";

type Query = NonNullable<paths["/listings"]["get"]["parameters"]["query"]>;

export const BUILDING_TYPES = ["APARTMENT", "HOUSE", "STUDIO"] as const;
export const SORTS = ["-created", "price", "-price", "price_per_m2", "-drop", "-changed", "-updated"] as const;

export const TEXTS = ["text", "city"] as const;
export const NUMBERS = [
  "min_price_eur",
  "max_price_eur",
  "min_surface_area_m2",
  "max_surface_area_m2",
  "min_rooms",
  "max_rooms",
] as const;

export type NumberName = (typeof NUMBERS)[number];

/** What the API takes. */
interface Limits {
  min: number;
  max: number;
  step: 1 | 0.01 | "any";
}

const PRICES: Limits = { min: 0, max: 999_999_999_999.99, step: 0.01 };
const SURFACES: Limits = { min: 0, max: 1e12, step: "any" };
const ROOMS: Limits = { min: 1, max: 999_999_999, step: 1 };
export const LIMITS: Record<NumberName, Limits> = {
  min_price_eur: PRICES,
  max_price_eur: PRICES,
  min_surface_area_m2: SURFACES,
  max_surface_area_m2: SURFACES,
  min_rooms: ROOMS,
  max_rooms: ROOMS,
};
const RANGES: readonly (readonly [NumberName, NumberName])[] = [
  ["min_price_eur", "max_price_eur"],
  ["min_surface_area_m2", "max_surface_area_m2"],
  ["min_rooms", "max_rooms"],
];
export const LONGEST_TEXT = 200;
const HAS_WORD = /[\p{L}\p{N}]/u;

export type Search = Pick<Query, (typeof TEXTS)[number] | NumberName> & {
  building_type?: (typeof BUILDING_TYPES)[number];
  /** Only those that cost less than at first. */
  reduced?: true;
  sort?: (typeof SORTS)[number];
};

/** What an address looks for; whatever in it means nothing is left out. */
export function searchIn(parameters: URLSearchParams): Search {
  const search: Search = {};
  for (const name of TEXTS) {
    const text = parameters.get(name)?.trim();
    if (text && HAS_WORD.test(text)) search[name] = text;
  }
  for (const name of NUMBERS) {
    const given = parameters.get(name)?.trim();
    const number = Number(given);
    if (given && isTaken(number, LIMITS[name])) search[name] = number;
  }
  const type = BUILDING_TYPES.find((known) => known === parameters.get("building_type"));
  if (type) search.building_type = type;
  if (parameters.get("reduced") === "true") search.reduced = true;
  const sort = SORTS.find((known) => known === parameters.get("sort"));
  if (sort && sort !== SORTS[0]) search.sort = sort;
  return search;
}

function isTaken(number: number, { min, max, step }: Limits): boolean {
  if (!(number >= min && number <= max)) return false;
  return step === "any" || Number(number.toFixed(step === 1 ? 0 : 2)) === number;
}

/** The ends of ranges that are before their beginnings: there is nothing in these. */
export function crossedIn(search: Search): NumberName[] {
  return RANGES.filter(([from, to]) => (search[from] ?? -Infinity) > (search[to] ?? Infinity)).map(([, to]) => to);
}

/** How many pages of results an address shows. */
export function pagesIn(parameters: URLSearchParams): number {
  const pages = Number(parameters.get("pages"));
  return Number.isInteger(pages) && pages > 1 ? pages : 1;
}

/** The address of a search: always the same for the same. */
export function parametersOf(search: Search, pages = 1): URLSearchParams {
  const given = Object.entries(search).map(([name, value]) => [name, String(value)]);
  return new URLSearchParams(pages > 1 ? [...given, ["pages", String(pages)]] : given);
}

/** The same as the API has it. */
export function queryOf({ reduced, building_type, ...same }: Search): Query {
  return {
    ...same,
    ...(building_type && { building_type: [building_type] }),
    ...(reduced && { min_drop_percent: 0.01 }),
  };
}

/** How many things are looked for: an order is none. */
export function filtersIn(search: Search): number {
  return Object.keys(search).filter((name) => name !== "sort").length;
}

/** Whether anything is looked for. */
export function hasFilters(search: Search): boolean {
  return filtersIn(search) > 0;
}
