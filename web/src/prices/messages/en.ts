import { pluralIn } from "../../i18n/plural";

const plural = pluralIn("en");
const priceCount = plural({ one: "# price", other: "# prices" });
const cutCount = plural({ one: "# cut", other: "# cuts" });
const riseCount = plural({ one: "# rise", other: "# rises" });

export const messages = {
  inShort: "In short",
  now: "Price now",
  perM2: "Price per m²",
  original: "First price",
  sinceOriginal: "Since the first price",
  lowest: "Lowest price",
  highest: "Highest price",
  cuts: "Cuts",
  rises: "Rises",
  changedOn: "Last change",
  daysOnMarket: "On the market",
  days: plural({ one: "# day", other: "# days" }),

  chart: "Chart",
  chartLabel: (sentence: string) => `Chart of the price. ${sentence}`,
  chartHint:
    "Left and right arrow: from price to price. Plus and minus: zoom. 0: the whole history. The table below says the same.",
  zoomByPointer: "Drag to zoom in; so do two fingers, and the wheel after a click or with Ctrl.",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  zoomReset: "Whole history",
  zoomedTo: (from: string, to: string) => `Shown: ${from} to ${to}`,
  legendLabel: "What the signs mean",
  legend: { cut: "Cut", rise: "Rise", first: "First price", offMarket: "Off the market", planned: "Scheduled" },

  table: "All prices",
  caption: plural({ one: "# entry of the price history", other: "# entries of the price history" }),
  date: "Date",
  price: "Price",
  change: "Change",
  percent: "In percent",
  newestFirst: "newest first",
  oldestFirst: "oldest first",
  more: plural({ one: "Show # more", other: "Show # more" }),
  partial: (count: string) => `Only the newest ${count} entries are shown. The download has all prices.`,
  cut: "cut",
  rise: "rise",
  withdrawn: "Taken off the market",
  relisted: "Back on the market",
  planned: "Scheduled",
  corrected: (saidFirst: string, date: string, reason: string) =>
    `Corrected on ${date}; it said ${saidFirst}. Reason: ${reason}`,
  voided: (date: string, reason: string) => `Entered by mistake, taken back on ${date}. Reason: ${reason}`,

  csv: "Download as CSV",
  csvComing: "Preparing the download…",
  csvThere: "The prices have been downloaded.",
  live: "New prices appear here by themselves.",
  lost: "The connection is lost. It is being tried again.",
  back: "The connection is back.",

  point: {
    at: (date: string, what: string) => `${date}: ${what}`,
    first: (price: string) => `${price}, first price`,
    same: (price: string) => `${price}, unchanged`,
    cut: (price: string, by: string) => `${price}, cut by ${by}`,
    rise: (price: string, by: string) => `${price}, raised by ${by}`,
    withdrawn: "taken off the market",
    relisted: (price: string) => `back on the market at ${price}`,
    planned: (what: string) => `scheduled: ${what}`,
  },
  news: {
    added: (what: string) => `New: ${what}.`,
    changed: (sentence: string) => `The price history has changed. ${sentence}`,
  },
  sentence: {
    only: (price: string, date: string) => `The price has been ${price} since ${date}.`,
    many: (count: number, date: string, first: string, now: string) =>
      `${priceCount(count)} since ${date}: at first ${first}, now ${now}.`,
    changes: (cuts: number, rises: number) => `${cutCount(cuts)}, ${riseCount(rises)}.`,
    extremes: (lowest: string, highest: string) => `The lowest was ${lowest}, the highest ${highest}.`,
    offMarket: plural({ one: "Once off the market in between.", other: "# times off the market in between." }),
    planned: (price: string, date: string) => `${price} is scheduled for ${date}.`,
  },
  gone: {
    title: "This home is not on the market any more",
    text: (name: string, place: string, price: string) => `${name}, ${place}, was last offered at ${price}.`,
    kept: "What you see below is its history as it was until then. If it comes back, that appears here.",
    hint: "Its prices can be seen again if it comes back to the market. This page then shows them by itself.",
  },
  write: {
    edit: "Change this home",
    price: "Change its price",
    correct: "Correct the history",
    relist: "Bring it back to the market",
  },
  missing: {
    title: "There is no such home",
    text: "The address may have a mistake in it. The list has all homes that are for sale.",
  },
};

/** What each language has to say about prices. */
export type PriceMessages = typeof messages;
