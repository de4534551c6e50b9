import { pluralIn } from "../../i18n/plural";
import type { PriceMessages } from "./en";

const plural = pluralIn("de");
const priceCount = plural({ one: "# Preis", other: "# Preise" });
const cutCount = plural({ one: "# Senkung", other: "# Senkungen" });
const riseCount = plural({ one: "# Erhöhung", other: "# Erhöhungen" });

export const messages: PriceMessages = {
  inShort: "In Kürze",
  now: "Preis heute",
  perM2: "Preis je m²",
  original: "Erster Preis",
  sinceOriginal: "Seit dem ersten Preis",
  lowest: "Niedrigster Preis",
  highest: "Höchster Preis",
  cuts: "Senkungen",
  rises: "Erhöhungen",
  changedOn: "Letzte Änderung",
  daysOnMarket: "Auf dem Markt",
  days: plural({ one: "# Tag", other: "# Tage" }),

  chart: "Diagramm",
  chartLabel: (sentence) => `Diagramm des Preises. ${sentence}`,
  chartHint:
    "Pfeil links und rechts: von Preis zu Preis. Plus und Minus: Zoom. 0: der ganze Verlauf. Die Tabelle darunter sagt dasselbe.",
  zoomByPointer: "Ziehen vergrößert; zwei Finger auch, ebenso das Mausrad nach einem Klick oder mit Strg.",
  zoomIn: "Vergrößern",
  zoomOut: "Verkleinern",
  zoomReset: "Ganzer Verlauf",
  zoomedTo: (from, to) => `Gezeigt: ${from} bis ${to}`,
  legendLabel: "Was die Zeichen bedeuten",
  legend: { cut: "Senkung", rise: "Erhöhung", first: "Erster Preis", offMarket: "Nicht am Markt", planned: "Geplant" },

  table: "Alle Preise",
  caption: plural({ one: "# Eintrag im Preisverlauf", other: "# Einträge im Preisverlauf" }),
  date: "Datum",
  price: "Preis",
  change: "Änderung",
  percent: "In Prozent",
  newestFirst: "neueste zuerst",
  oldestFirst: "älteste zuerst",
  more: plural({ one: "# weiteren zeigen", other: "# weitere zeigen" }),
  partial: (count) => `Nur die neuesten ${count} Einträge werden gezeigt. Die heruntergeladene Datei hat alle Preise.`,
  cut: "Senkung",
  rise: "Erhöhung",
  withdrawn: "Vom Markt genommen",
  relisted: "Wieder auf dem Markt",
  planned: "Geplant",
  corrected: (saidFirst, date, reason) => `Korrigiert am ${date}; vorher stand hier ${saidFirst}. Grund: ${reason}`,
  voided: (date, reason) => `Irrtümlich eingetragen, zurückgenommen am ${date}. Grund: ${reason}`,

  csv: "Als CSV herunterladen",
  csvComing: "Die Datei wird vorbereitet …",
  csvThere: "Die Preise sind heruntergeladen.",
  live: "Neue Preise erscheinen hier von selbst.",
  lost: "Die Verbindung ist unterbrochen. Es wird weiter versucht.",
  back: "Die Verbindung ist wieder da.",

  point: {
    at: (date, what) => `${date}: ${what}`,
    first: (price) => `${price}, erster Preis`,
    same: (price) => `${price}, unverändert`,
    cut: (price, by) => `${price}, gesenkt um ${by}`,
    rise: (price, by) => `${price}, erhöht um ${by}`,
    withdrawn: "vom Markt genommen",
    relisted: (price) => `wieder auf dem Markt für ${price}`,
    planned: (what) => `geplant: ${what}`,
  },
  news: {
    added: (what) => `Neu: ${what}.`,
    changed: (sentence) => `Der Preisverlauf hat sich geändert. ${sentence}`,
  },
  sentence: {
    only: (price, date) => `Der Preis beträgt seit dem ${date} ${price}.`,
    many: (count, date, first, now) => `${priceCount(count)} seit dem ${date}: zuerst ${first}, jetzt ${now}.`,
    changes: (cuts, rises) => `${cutCount(cuts)}, ${riseCount(rises)}.`,
    extremes: (lowest, highest) => `Der niedrigste war ${lowest}, der höchste ${highest}.`,
    offMarket: plural({ one: "Zwischendurch einmal nicht am Markt.", other: "Zwischendurch #-mal nicht am Markt." }),
    planned: (price, date) => `Für den ${date} sind ${price} geplant.`,
  },
  gone: {
    title: "Diese Immobilie ist nicht mehr auf dem Markt",
    text: (name, place, price) => `${name}, ${place}, wurde zuletzt für ${price} angeboten.`,
    kept: "Unten steht der Verlauf bis dahin. Kommt sie zurück auf den Markt, erscheint das hier.",
    hint: "Ihre Preise sind wieder zu sehen, wenn sie auf den Markt zurückkommt. Diese Seite zeigt sie dann von selbst.",
  },
  write: {
    edit: "Immobilie bearbeiten",
    price: "Preis ändern",
    correct: "Preisverlauf berichtigen",
    relist: "Wieder anbieten",
  },
  missing: {
    title: "Diese Immobilie gibt es nicht",
    text: "Die Adresse enthält vielleicht einen Fehler. In der Liste stehen alle Immobilien, die zum Verkauf stehen.",
  },
};
