/** What is written of a home, as the texts of a form, and as the API takes it. Pure. */
import type { Schemas } from "../api/client";
import type { Country } from "../ui/countries";
import { isAmbiguous, isInCents, numberIn, numberText, priceIn } from "../ui/numbers";

export type ListingWrite = Schemas["ListingWrite"];
type BuildingType = ListingWrite["building_type"];

/** In the order of the form. */
export const FIELDS = [
  "name",
  "building_type",
  "latest_price_eur",
  "surface_area_m2",
  "rooms_count",
  "bedrooms_count",
  "street_address",
  "postal_code",
  "city",
  "country",
  "contact_phone_number",
  "description",
] as const;
export const BUILDING_TYPES = ["APARTMENT", "HOUSE", "STUDIO"] as const satisfies readonly BuildingType[];

export type FieldName = (typeof FIELDS)[number];
export type Values = Record<FieldName, string>;

/** What is wrong with a text that was typed; there is a message for each. */
export type Mistake = "missing" | "number" | "ambiguous" | "cents" | "rooms" | "bedrooms" | "phone" | "future";

export const EMPTY = Object.fromEntries(FIELDS.map((name) => [name, ""])) as Values;

const PHONE = /^\+[1-9]\d{1,14}$/;

/** A telephone number as the API wants it, of one that was written to be read. */
export function phoneIn(text: string): string {
  return text.replace(/[\s().\-/]/g, "").replace(/^00/, "+");
}

/** What is wrong with a field, as far as that can be told before it is sent. */
export function mistakeIn(name: FieldName, text: string): Mistake | null {
  if (name === "contact_phone_number") return text.trim() === "" || PHONE.test(phoneIn(text)) ? null : "phone";
  if (text.trim() === "") return "missing";
  switch (name) {
    case "latest_price_eur":
      return priceMistake(text);
    case "surface_area_m2":
      return isAmbiguous(text) ? "ambiguous" : numberIn(text) === null ? "number" : null;
    case "rooms_count":
      return isCount(text, 1) ? null : "rooms";
    case "bedrooms_count":
      return isCount(text, 0) ? null : "bedrooms";
    default:
      return null;
  }
}

/** The same of a price in euros, wherever one is written. */
export function priceMistake(text: string): Mistake | null {
  const price = priceIn(text);
  if (price === null) return missing(text) ?? "number";
  return isInCents(price) ? null : "cents";
}

/** The same of a text that may be anything but nothing. */
export function missing(text: string): Mistake | null {
  return text.trim() === "" ? "missing" : null;
}

function isCount(text: string, least: number): boolean {
  const count = numberIn(text);
  return count !== null && Number.isInteger(count) && count >= least;
}

/** The texts of a form for a home. */
export function valuesOf({ postal_address, ...listing }: ListingWrite, language: string): Values {
  const number = (value: number | string) => numberText(Number(value), language);
  return {
    name: listing.name,
    building_type: listing.building_type,
    latest_price_eur: number(listing.latest_price_eur),
    surface_area_m2: number(listing.surface_area_m2),
    rooms_count: number(listing.rooms_count),
    bedrooms_count: number(listing.bedrooms_count),
    street_address: postal_address.street_address,
    postal_code: postal_address.postal_code,
    city: postal_address.city,
    country: postal_address.country,
    contact_phone_number: listing.contact_phone_number ?? "",
    description: listing.description,
  };
}

/** What is sent of a form in which there is no mistake. */
export function listingOf(values: Values): ListingWrite {
  const number = (name: FieldName) => numberIn(values[name]) ?? 0;
  const phone = phoneIn(values.contact_phone_number);
  return {
    name: values.name.trim(),
    description: values.description.trim(),
    building_type: values.building_type as BuildingType,
    latest_price_eur: priceIn(values.latest_price_eur) ?? 0,
    surface_area_m2: number("surface_area_m2"),
    rooms_count: number("rooms_count"),
    bedrooms_count: number("bedrooms_count"),
    ...(phone !== "" && { contact_phone_number: phone }),
    postal_address: {
      street_address: values.street_address.trim(),
      postal_code: values.postal_code.trim(),
      city: values.city.trim(),
      country: values.country as Country,
    },
  };
}
