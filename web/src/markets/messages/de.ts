import type { MarketMessages } from "./en";

export const messages: MarketMessages = {
  title: "Märkte",
  titleOf: (city, type) => `${city}: ${type}`,
  types: { APARTMENT: "Wohnungen", HOUSE: "Häuser", STUDIO: "Einzimmerwohnungen" },
  about: (type, city, country) =>
    `Was ${type} kosten, die in ${city} (${country}) auf den Markt kamen, Monat für Monat.`,
  intro: "Was die Immobilien kosten, die in einer Stadt auf den Markt kamen, Monat für Monat.",
  choose: "Markt wählen",
  country: "Land",
  city: "Stadt",
  cityHint: "Der ganze Name, mit Akzenten.",
  cityMissing: "Geben Sie den Namen einer Stadt ein.",
  type: "Art",
  show: "Markt zeigen",
  explained:
    "Zu jedem Monat gehören die Immobilien, die in ihm auf den Markt kamen, mit dem Preis, den sie jetzt haben oder zuletzt hatten. Zurückgezogene zählen mit.",
  silent: (months) =>
    `In ${months} kamen weniger als fünf Immobilien auf den Markt. Dann wird nur ihre Zahl genannt: So wenige würden verraten, was einzelne kosten.`,
  silentMonths: (count) => (count === 1 ? "einem Monat" : `${count} Monaten`),
  tooFew: "zu wenige",
  none: "keine",
  nothingToDraw: "In keinem Monat waren es genug, um das zu sagen.",
  emptyTitle: "Über diesen Markt ist nichts bekannt",
  emptyText:
    "Dort kam nichts von dieser Art auf den Markt. Der Name der Stadt muss ganz angegeben sein, mit seinen Akzenten.",
  unknownTitle: "Diesen Markt gibt es nicht",
  unknownText: "Vielleicht ist in der Adresse ein Fehler. Wählen Sie oben einen Markt.",
  month: "Monat",
  monthShown: "Gezeigter Monat",
  table: (title) => `Tabelle: ${title}`,
  chart: (title, from, to, first, last) =>
    `Diagramm: ${title}, von ${from} (${first}) bis ${to} (${last}). Die Tabelle darunter sagt dasselbe.`,
  listingsTitle: "Neu auf dem Markt",
  listings: "Immobilien",
  priceTitle: "Mittlerer Preis (Median)",
  medianPrice: "Median",
  lowerQuartile: "Ein Viertel kostet weniger als",
  upperQuartile: "Ein Viertel kostet mehr als",
  perM2Title: "Mittlerer Preis je m² (Median)",
  medianPerM2: "Je m²",
  withSurface: "Immobilien mit Wohnfläche",
  cutsTitle: "Im Preis gesenkt",
  reducedShare: "Gesenkt",
  reduced: "Gesenkte Immobilien",
  medianCut: "Mittlere Senkung",
};
