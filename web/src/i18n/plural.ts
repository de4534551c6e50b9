import { onDemand } from "./onDemand";

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** Makes messages of a language that depend on a count, which stands where the # is. */
export function pluralIn(language: string): (forms: Forms) => (count: number) => string {
  const rules = onDemand(() => new Intl.PluralRules(language));
  const numbers = onDemand(() => new Intl.NumberFormat(language));
  return (forms) => (count) => (forms[rules().select(count)] ?? forms.other).replace("#", numbers().format(count));
}
