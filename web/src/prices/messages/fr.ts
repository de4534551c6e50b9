import { pluralIn } from "../../i18n/plural";
import type { PriceMessages } from "./en";

const plural = pluralIn("fr");
const priceCount = plural({ one: "# prix", other: "# prix" });
const cutCount = plural({ one: "# baisse", other: "# baisses" });
const riseCount = plural({ one: "# hausse", other: "# hausses" });

export const messages: PriceMessages = {
  inShort: "En bref",
  now: "Prix actuel",
  perM2: "Prix au m²",
  original: "Premier prix",
  sinceOriginal: "Depuis le premier prix",
  lowest: "Prix le plus bas",
  highest: "Prix le plus haut",
  cuts: "Baisses",
  rises: "Hausses",
  changedOn: "Dernier changement",
  daysOnMarket: "Sur le marché",
  days: plural({ one: "# jour", other: "# jours" }),

  chart: "Graphique",
  chartLabel: (sentence) => `Graphique du prix. ${sentence}`,
  chartHint:
    "Flèches gauche et droite : d’un prix à l’autre. Plus et moins : zoom. 0 : tout l’historique. Le tableau plus bas dit la même chose.",
  zoomByPointer: "Glissez pour agrandir ; deux doigts aussi, ou la molette après un clic ou avec Ctrl.",
  zoomIn: "Agrandir",
  zoomOut: "Réduire",
  zoomReset: "Tout l’historique",
  zoomedTo: (from, to) => `Affiché : du ${from} au ${to}`,
  legendLabel: "Légende",
  legend: { cut: "Baisse", rise: "Hausse", first: "Premier prix", offMarket: "Hors du marché", planned: "Prévu" },

  table: "Tous les prix",
  caption: plural({ one: "# ligne de l’historique des prix", other: "# lignes de l’historique des prix" }),
  date: "Date",
  price: "Prix",
  change: "Écart",
  percent: "En pour cent",
  newestFirst: "les plus récents d’abord",
  oldestFirst: "les plus anciens d’abord",
  more: plural({ one: "En afficher # de plus", other: "En afficher # de plus" }),
  partial: (count) =>
    `Seules les ${count} dernières lignes sont affichées. Le fichier à télécharger contient tous les prix.`,
  cut: "baisse",
  rise: "hausse",
  withdrawn: "Retiré du marché",
  relisted: "De retour sur le marché",
  planned: "Prévu",
  corrected: (saidFirst, date, reason) => `Corrigé le ${date} ; il y avait ${saidFirst}. Motif : ${reason}`,
  voided: (date, reason) => `Saisi par erreur, annulé le ${date}. Motif : ${reason}`,

  csv: "Télécharger en CSV",
  csvComing: "Préparation du fichier…",
  csvThere: "Les prix ont été téléchargés.",
  live: "Les nouveaux prix s’affichent ici d’eux-mêmes.",
  lost: "La connexion est perdue. Nouvel essai en cours.",
  back: "La connexion est rétablie.",

  point: {
    at: (date, what) => `${date} : ${what}`,
    first: (price) => `${price}, premier prix`,
    same: (price) => `${price}, inchangé`,
    cut: (price, by) => `${price}, en baisse de ${by}`,
    rise: (price, by) => `${price}, en hausse de ${by}`,
    withdrawn: "retiré du marché",
    relisted: (price) => `de retour sur le marché à ${price}`,
    planned: (what) => `prévu : ${what}`,
  },
  news: {
    added: (what) => `Nouveau : ${what}.`,
    changed: (sentence) => `L’historique des prix a changé. ${sentence}`,
  },
  sentence: {
    only: (price, date) => `Le prix est de ${price} depuis le ${date}.`,
    many: (count, date, first, now) => `${priceCount(count)} depuis le ${date} : d’abord ${first}, maintenant ${now}.`,
    changes: (cuts, rises) => `${cutCount(cuts)}, ${riseCount(rises)}.`,
    extremes: (lowest, highest) => `Le plus bas était de ${lowest}, le plus haut de ${highest}.`,
    offMarket: plural({ one: "Retiré du marché # fois entre-temps.", other: "Retiré du marché # fois entre-temps." }),
    planned: (price, date) => `${price} est prévu pour le ${date}.`,
  },
  gone: {
    title: "Ce logement n’est plus sur le marché",
    text: (name, place, price) => `${name}, ${place}, était proposé en dernier à ${price}.`,
    kept: "Vous voyez ci-dessous son historique jusque-là. S’il revient sur le marché, cela s’affichera ici.",
    hint: "Ses prix seront de nouveau visibles s’il revient sur le marché. Cette page les affichera alors d’elle-même.",
  },
  write: {
    edit: "Modifier ce logement",
    price: "Changer son prix",
    correct: "Corriger l’historique",
    relist: "Remettre en vente",
  },
  missing: {
    title: "Ce logement n’existe pas",
    text: "L’adresse contient peut-être une erreur. La liste contient tous les logements à vendre.",
  },
};
