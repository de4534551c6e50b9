import { useState } from "react";

import { type Belongings, belongings } from "../api/belongings";
import { type Draft, dropDraft, draftOf, isSame, keepDraft, type Texts } from "./drafts";

/** What work is begun on. */
export interface Basis<T extends Texts> {
  values: T;
  /** That of what is changed; empty for what is new. */
  etag: string;
}

/** A field of a form, as its control takes it. */
interface BoundField {
  name: string;
  value: string;
  onValueChange: (text: string) => void;
}

export interface Work<T extends Texts> {
  values: T;
  basis: Basis<T>;
  isDirty: boolean;
  /** Whether a draft has all that is written. */
  isKept: boolean;
  /** Since when the draft is kept that was put back; null if there was none. */
  restoredDate: string | null;
  change: (written: Partial<T>) => void;
  field: (name: keyof T & string) => BoundField;
  /** Begin anew, on what there is now or on something else, with what is written of it so far. */
  restart: (basis?: Basis<T>, values?: T) => void;
  /** What is written is saved now: nothing is kept of it. */
  finish: () => void;
  /** The same, but what was written since is kept as the draft of another form, which was begun on what is saved. */
  finishFor: (other: string, on: Basis<T>) => void;
  /** Begin anew after this was saved, unless more was written since. */
  restartAfter: (sent: T, basis?: Basis<T>) => void;
}

interface Options<T> {
  /** What may be kept of what is written, if not all of it. */
  keepable?: (values: T) => T;
}

/** What somebody writes in a form: kept in the browser with each letter, and put back from there. */
export function useWork<T extends Texts>(
  form: string,
  start: Basis<T>,
  { keepable = (all) => all }: Options<T> = {},
): Work<T> {
  const [own] = useState(belongings);
  const [draft] = useState(() => usefulDraft(own, form, start));
  const [basis, setBasis] = useState<Basis<T>>(draft ? { values: draft.base, etag: draft.etag } : start);
  const [values, setValues] = useState(draft?.values ?? start.values);
  const [restoredDate, setRestoredDate] = useState(draft?.keptDate ?? null);

  function set(next: T, on: Basis<T>): void {
    setValues(next);
    const kept = keepable(next);
    if (isSame(kept, on.values)) dropDraft(own, form);
    else keepDraft(own, form, { values: kept, base: on.values, etag: on.etag });
  }

  function restart(on: Basis<T> = start, next: T = on.values): void {
    setBasis(on);
    setRestoredDate(null);
    set(next, on);
  }

  function finish(): void {
    setBasis({ ...basis, values });
    dropDraft(own, form);
  }

  return {
    values,
    basis,
    isDirty: !isSame(values, basis.values),
    isKept: isSame(keepable(values), values),
    restoredDate,
    change: (written) => {
      set({ ...values, ...written }, basis);
    },
    field: (name) => ({
      name,
      value: values[name] ?? "",
      onValueChange: (text) => {
        set({ ...values, [name]: text }, basis);
      },
    }),
    restart,
    restartAfter: (sent, on) => {
      if (isSame(values, sent)) restart(on);
    },
    finish,
    finishFor: (other, on) => {
      keepDraft(own, other, { values, base: on.values, etag: on.etag });
      finish();
    },
  };
}

/** What was saved after all, though the answer was lost, is no draft any more. */
function usefulDraft<T extends Texts>(own: Belongings, form: string, start: Basis<T>): Draft<T> | null {
  const draft = draftOf(own, form, start.values);
  if (!draft || !isSame(draft.values, start.values)) return draft;
  dropDraft(own, form);
  return null;
}
