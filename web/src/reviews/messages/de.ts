import type { ReviewMessages } from "./en";

export const messages: ReviewMessages = {
  title: "Preise zu prüfen",
  intro: "Preise, die einer Preisregel aufgefallen sind. Sie gelten, bis jemand sie für falsch erklärt.",
  state: "Zeigen",
  states: { open: "Zu entscheiden", approved: "Bestätigt", corrected: "Berichtigt" },
  nameOf: (listing) => `Immobilie ${listing}`,
  history: "Preisverlauf",
  change: (from, to) => `von ${from} auf ${to}`,
  first: (price) => `${price}, der erste Preis`,
  percent: (percent) => ` (${percent})`,
  entered: (date) => `Eingetragen am ${date}`,
  flags: "Was die Regeln sagen",
  settled: { approved: (date) => `Bestätigt am ${date}`, corrected: (date) => `Berichtigt am ${date}` },
  reason: (text) => `Grund: ${text}`,
  approve: "Bestätigen",
  reject: "Ablehnen…",
  approveOf: (listing) => `Bestätigen: Preis der Immobilie ${listing}`,
  rejectOf: (listing) => `Ablehnen: Preis der Immobilie ${listing}`,
  approved: (listing) => `Der Preis der Immobilie ${listing} ist bestätigt.`,
  rejected: (listing) => `Der Preis der Immobilie ${listing} ist berichtigt.`,
  emptyTitle: "Nichts zu entscheiden",
  emptyText: "Sobald ein Preis einer Regel auffällt, steht er hier.",
  noneTitle: "Es gibt keine",
  more: "Mehr zeigen",
  settledMeanwhile: (listing) =>
    `Über den Preis der Immobilie ${listing} hat inzwischen jemand anderes entschieden. Die Liste ist jetzt aktuell.`,
  notAllowed:
    "Mit Ihrem Schlüssel sehen Sie diese Preise, entscheiden aber nicht. Dazu muss man Preise berichtigen dürfen.",
  withdrawn:
    "Diese Immobilie wurde zurückgezogen. Ihr Preis lässt sich berichtigen, wenn sie wieder auf dem Markt ist.",
  changesNothing:
    "Das würde nichts ändern oder keinen Preis übrig lassen. Geben Sie an, wie hoch der Preis hätte sein sollen.",
  rejectTitle: (listing) => `Preis der Immobilie ${listing} ablehnen`,
  rejectText: (price) => `${price} wird aus dem Preisverlauf genommen. Alle sehen, warum.`,
  price: "Richtiger Preis in €",
  priceHint: "Leer lassen, wenn der Preis nie hätte eingetragen werden sollen.",
  why: "Grund",
  wrong: {
    price_eur: "Ein Preis in Euro, etwa 285000 oder 285000,50.",
    reason: "Sagen Sie, warum, mit höchstens 2 000 Zeichen.",
  },
  send: "Preis berichtigen",
  cancel: "Abbrechen",
};
