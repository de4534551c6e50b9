import type { Schemas } from "../api/client";

export type Market = Pick<Schemas["MarketStatistics"], "country" | "city" | "building_type">;

/** Where the page of a market is; a slash in the name of a city is written %2F there. */
export function marketPath({ country, city, building_type }: Market): string {
  return `/markets/${country}/${encodeURIComponent(city)}/${building_type}`;
}
