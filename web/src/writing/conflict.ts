/** Two people have changed the same home: what each of them has made of it, field by field. Pure. */
import { FIELDS, type FieldName, type Values } from "./fields";

export type Side = "mine" | "theirs";

export interface Difference {
  field: FieldName;
  /** What it was when I began. */
  before: string;
  mine: string;
  theirs: string;
  /** Who has changed it; where both have, somebody has to choose. */
  changedBy: "me" | "them" | "both";
}

export type Choices = Partial<Record<FieldName, Side>>;

/** Where the two are not the same. */
export function differences(before: Values, mine: Values, theirs: Values): Difference[] {
  return FIELDS.filter((field) => mine[field] !== theirs[field]).map((field) => ({
    field,
    before: before[field],
    mine: mine[field],
    theirs: theirs[field],
    changedBy: theirs[field] === before[field] ? "me" : mine[field] === before[field] ? "them" : "both",
  }));
}

/** What goes without saying: each has what they alone have changed. */
export function obviousChoices(found: readonly Difference[]): Choices {
  const obvious = found.filter(({ changedBy }) => changedBy !== "both");
  return Object.fromEntries(obvious.map(({ field, changedBy }) => [field, changedBy === "me" ? "mine" : "theirs"]));
}

/** Their version with what was chosen of mine. */
export function merged(mine: Values, theirs: Values, choices: Choices): Values {
  return Object.fromEntries(
    FIELDS.map((field) => [field, choices[field] === "mine" ? mine[field] : theirs[field]]),
  ) as Values;
}
