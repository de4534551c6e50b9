import type { Schemas } from "../api/client";

type Listing = Schemas["DetailedListing"];

/** A listing as the API answers it; `changed` is what matters to the test. */
export function aListing(changed: Partial<Listing> = {}): Listing {
  return {
    id: 7,
    name: "Flat near the station",
    description: "Three rooms, a balcony and a cellar.",
    building_type: "APARTMENT",
    latest_price_eur: 285000,
    surface_area_m2: 63.5,
    rooms_count: 3,
    bedrooms_count: 2,
    postal_address: { street_address: "1 rue de Rivoli", postal_code: "75001", city: "Paris", country: "FR" },
    created_date: "2026-01-12T09:23:36Z",
    updated_date: "2026-03-17T08:17:32Z",
    status: "on-market",
    summary: {
      current_price_eur: 285000,
      original_price_eur: 285000,
      price_changed_date: "2026-01-12T09:23:36Z",
      change_since_original_eur: 0,
      change_since_original_percent: 0,
      lowest_price_eur: 285000,
      highest_price_eur: 285000,
      cuts_count: 0,
      rises_count: 0,
      price_per_m2_eur: 4488.19,
      days_on_market: 64,
    },
    ...changed,
  };
}

/** The same, but its price was cut from 300 000 €. */
export function aReducedListing(): Listing {
  const listing = aListing();
  const cut = { previous_price_eur: 300000, change_since_previous_eur: -15000, change_since_previous_percent: -5 };
  return { ...listing, summary: { ...listing.summary, ...cut, cuts_count: 1 } };
}
