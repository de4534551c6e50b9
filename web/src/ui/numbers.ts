/** Numbers as they are typed and as forms hold them. Pure. */

const GROUPED = /^[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d{1,2})?$/;
const AMBIGUOUS = /^[1-9]\d{0,2}[.,]\d{3}$/;
const PLAIN = /^\d+(?:[.,]\d+)?$/;

/** The number that somebody has typed, in whatever language: `63,5 m²`, `1 200`, `1.200,5`; null if it is none, or ambiguous. */
export function numberIn(text: string): number | null {
  return isAmbiguous(text) ? null : priceIn(text);
}

/** Whether one reader takes a number for a thousand times what another one does: `63.125`. */
export function isAmbiguous(text: string): boolean {
  return AMBIGUOUS.test(bare(text));
}

/**
 * The price that somebody has typed: `285 000 €`, `285.000,50`, `285,000`; null if it is none.
 *
 * As a price has at most two decimals, a point or comma before three digits groups thousands.
 */
export function priceIn(text: string): number | null {
  const typed = bare(text);
  const grouping = GROUPED.exec(typed)?.[1];
  const digits = grouping === undefined ? typed : typed.replaceAll(grouping, "");
  return PLAIN.test(digits) ? Number(digits.replace(",", ".")) : null;
}

/** Whether a price has no more decimals than a price can have. */
export function isInCents(price: number): boolean {
  return Number(price.toFixed(2)) === price;
}

/** The text of a number in a form, which is read as that number. */
export function numberText(value: number, language: string): string {
  const plain = new Intl.NumberFormat(language, { useGrouping: false, maximumFractionDigits: 15 }).format(value);
  return /[.,]\d{3}$/.test(plain) ? `${plain}0` : plain;
}

function bare(text: string): string {
  return text.replace(/[\s€’']|m²$/gu, "");
}
