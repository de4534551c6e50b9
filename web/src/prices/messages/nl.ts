import { pluralIn } from "../../i18n/plural";
import type { PriceMessages } from "./en";

const plural = pluralIn("nl");
const priceCount = plural({ one: "# prijs", other: "# prijzen" });
const cutCount = plural({ one: "# verlaging", other: "# verlagingen" });
const riseCount = plural({ one: "# verhoging", other: "# verhogingen" });

export const messages: PriceMessages = {
  inShort: "In het kort",
  now: "Prijs nu",
  perM2: "Prijs per m²",
  original: "Eerste prijs",
  sinceOriginal: "Sinds de eerste prijs",
  lowest: "Laagste prijs",
  highest: "Hoogste prijs",
  cuts: "Verlagingen",
  rises: "Verhogingen",
  changedOn: "Laatste wijziging",
  daysOnMarket: "Op de markt",
  days: plural({ one: "# dag", other: "# dagen" }),

  chart: "Grafiek",
  chartLabel: (sentence) => `Grafiek van de prijs. ${sentence}`,
  chartHint:
    "Pijl links en rechts: van prijs naar prijs. Plus en min: zoomen. 0: het hele verloop. De tabel eronder zegt hetzelfde.",
  zoomByPointer: "Sleep om in te zoomen; dat kan ook met twee vingers, of met het wiel na een klik of met Ctrl.",
  zoomIn: "Inzoomen",
  zoomOut: "Uitzoomen",
  zoomReset: "Hele verloop",
  zoomedTo: (from, to) => `Getoond: ${from} tot ${to}`,
  legendLabel: "Wat de tekens betekenen",
  legend: { cut: "Verlaging", rise: "Verhoging", first: "Eerste prijs", offMarket: "Van de markt", planned: "Gepland" },

  table: "Alle prijzen",
  caption: plural({ one: "# regel van het prijsverloop", other: "# regels van het prijsverloop" }),
  date: "Datum",
  price: "Prijs",
  change: "Verschil",
  percent: "In procenten",
  newestFirst: "nieuwste eerst",
  oldestFirst: "oudste eerst",
  more: plural({ one: "Nog # tonen", other: "Nog # tonen" }),
  partial: (count) =>
    `Alleen de nieuwste ${count} regels worden getoond. Het bestand om te downloaden bevat alle prijzen.`,
  cut: "verlaging",
  rise: "verhoging",
  withdrawn: "Van de markt gehaald",
  relisted: "Terug op de markt",
  planned: "Gepland",
  corrected: (saidFirst, date, reason) => `Gecorrigeerd op ${date}; er stond ${saidFirst}. Reden: ${reason}`,
  voided: (date, reason) => `Per vergissing ingevoerd, ingetrokken op ${date}. Reden: ${reason}`,

  csv: "Downloaden als CSV",
  csvComing: "Het bestand wordt klaargezet…",
  csvThere: "De prijzen zijn gedownload.",
  live: "Nieuwe prijzen verschijnen hier vanzelf.",
  lost: "De verbinding is verbroken. Er wordt opnieuw geprobeerd.",
  back: "De verbinding is er weer.",

  point: {
    at: (date, what) => `${date}: ${what}`,
    first: (price) => `${price}, eerste prijs`,
    same: (price) => `${price}, ongewijzigd`,
    cut: (price, by) => `${price}, verlaagd met ${by}`,
    rise: (price, by) => `${price}, verhoogd met ${by}`,
    withdrawn: "van de markt gehaald",
    relisted: (price) => `terug op de markt voor ${price}`,
    planned: (what) => `gepland: ${what}`,
  },
  news: {
    added: (what) => `Nieuw: ${what}.`,
    changed: (sentence) => `Het prijsverloop is gewijzigd. ${sentence}`,
  },
  sentence: {
    only: (price, date) => `De prijs is sinds ${date} ${price}.`,
    many: (count, date, first, now) => `${priceCount(count)} sinds ${date}: eerst ${first}, nu ${now}.`,
    changes: (cuts, rises) => `${cutCount(cuts)}, ${riseCount(rises)}.`,
    extremes: (lowest, highest) => `De laagste was ${lowest}, de hoogste ${highest}.`,
    offMarket: plural({ one: "Tussendoor eenmaal van de markt.", other: "Tussendoor # keer van de markt." }),
    planned: (price, date) => `Voor ${date} is ${price} gepland.`,
  },
  gone: {
    title: "Deze woning is niet meer op de markt",
    text: (name, place, price) => `${name}, ${place}, werd het laatst aangeboden voor ${price}.`,
    kept: "Hieronder staat het verloop tot dan. Komt de woning terug op de markt, dan verschijnt dat hier.",
    hint: "De prijzen zijn weer te zien als de woning terugkomt op de markt. Deze pagina toont ze dan vanzelf.",
  },
  write: {
    edit: "Woning wijzigen",
    price: "Prijs wijzigen",
    correct: "Prijsverloop verbeteren",
    relist: "Weer aanbieden",
  },
  missing: {
    title: "Deze woning bestaat niet",
    text: "Misschien staat er een fout in het adres. In de lijst staan alle woningen die te koop zijn.",
  },
};
