/** Unsaved work, kept in this browser for each account and form that somebody writes in, until it is saved or thrown away. */
import type { Belongings } from "../api/belongings";

/** What stands in the fields of a form. */
export type Texts = Readonly<Record<string, string>>;

export interface Draft<T extends Texts> {
  values: T;
  /** What it was begun on, and the ETag of that: whoever saves it is told if that has changed since. */
  base: T;
  etag: string;
  /** When it was kept, as RFC 3339 has it. */
  keptDate: string;
}

const place = (form: string) => `draft ${form}`;

/** The draft of a form, such as that of home `7` or of a `new` one, which has the fields of `like`. */
export function draftOf<T extends Texts>(own: Belongings, form: string, like: T): Draft<T> | null {
  const draft = own.get(place(form)) as Partial<Draft<T>> | null;
  if (!draft || !isLike(draft.values, like) || !isLike(draft.base, like)) return null;
  return { etag: "", keptDate: "", ...draft, values: draft.values, base: draft.base };
}

export function keepDraft<T extends Texts>(own: Belongings, form: string, draft: Omit<Draft<T>, "keptDate">): void {
  own.set(place(form), { ...draft, keptDate: new Date().toISOString() });
}

export function dropDraft(own: Belongings, form: string): void {
  own.remove(place(form));
}

/** Give a draft to somebody else, unless they have one of that form. */
export function moveDraft(from: Belongings, to: Belongings, form: string): void {
  const draft = from.get(place(form));
  if (draft === null || to.get(place(form)) !== null) return;
  to.set(place(form), draft);
  dropDraft(from, form);
}

export function isSame<T extends Texts>(one: T, other: T): boolean {
  return Object.keys(one).every((name) => one[name] === other[name]);
}

/** What an older release has kept may have other fields. */
function isLike<T extends Texts>(found: unknown, like: T): found is T {
  const values = (found ?? {}) as Record<string, unknown>;
  return Object.keys(like).every((name) => typeof values[name] === "string");
}
