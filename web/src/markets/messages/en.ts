export const messages = {
  title: "Markets",
  titleOf: (city: string, type: string) => `${city}: ${type}`,
  types: { APARTMENT: "apartments", HOUSE: "houses", STUDIO: "studios" },
  about: (type: string, city: string, country: string) =>
    `What ${type} cost that came on the market in ${city} (${country}), month by month.`,
  intro: "What homes cost that came on the market of a city, month by month.",
  choose: "Choose a market",
  country: "Country",
  city: "City",
  cityHint: "Its whole name, with accents.",
  cityMissing: "Write the name of a city.",
  type: "Type",
  show: "Show the market",
  explained:
    "Each month has the homes that came on the market in it, at the prices that they have now, or had last. Withdrawn homes count, too.",
  silent: (months: string) =>
    `In ${months} fewer than five homes came on the market. Then only their number is said: so few would tell what single homes cost.`,
  silentMonths: (count: number) => (count === 1 ? "one month" : `${count} months`),
  tooFew: "too few",
  none: "none",
  nothingToDraw: "No month had enough homes to say this.",
  emptyTitle: "Nothing is known of this market",
  emptyText: "No home of this type came on the market there. The name of the city has to be whole, with its accents.",
  unknownTitle: "There is no such market",
  unknownText: "The address may have a mistake in it. Choose a market above.",
  month: "Month",
  monthShown: "Month shown",
  table: (title: string) => `Table: ${title}`,
  chart: (title: string, from: string, to: string, first: string, last: string) =>
    `Chart: ${title}, from ${from} (${first}) to ${to} (${last}). The table below says the same.`,
  listingsTitle: "Homes that came on the market",
  listings: "Homes",
  priceTitle: "Median price",
  medianPrice: "Median price",
  lowerQuartile: "A quarter costs less than",
  upperQuartile: "A quarter costs more than",
  perM2Title: "Median price per m²",
  medianPerM2: "Per m²",
  withSurface: "Homes with a surface",
  cutsTitle: "Reduced in price",
  reducedShare: "Reduced",
  reduced: "Homes reduced",
  medianCut: "Median reduction",
};

/** What each language has to say about markets. */
export type MarketMessages = typeof messages;
