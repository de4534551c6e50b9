import { type ReactNode, useMemo, useState } from "react";

import { isSame } from "../drafts/drafts";
import { Unsaved } from "../drafts/Unsaved";
import type { Work } from "../drafts/useWork";
import { useAnnounce } from "../ui/announcing";
import { useObjectionText } from "../ui/objections";
import { type FieldErrors, fieldErrors } from "./problems";
import { type FieldName, type ListingWrite, listingOf, type Values } from "./fields";
import { GoTo } from "./GoTo";
import { ListingForm } from "./ListingForm";
import { useWritingMessages } from "./messages";
import { Refusal } from "./Refusal";
import { useSaving } from "./useSaving";
import type { Saved } from "./writes";

export interface Input {
  /** What stood in the form. */
  values: Values;
  listing: ListingWrite;
  etag: string;
  isConfirmed: boolean;
}

interface Props {
  work: Work<Values>;
  priceNow: number | null;
  submit: string;
  savedText: string;
  send: (input: Input) => Promise<Saved>;
  /** Goes on with what was written since that was sent which is saved now. */
  onMore: (saved: Saved, sent: Values) => void;
  /** What stands in place of the form for some errors. */
  instead?: (error: unknown, save: (values: Values, etag: string) => void, reset: () => void) => ReactNode;
}

const NO_ERRORS: FieldErrors<FieldName> = {};

/** The form of a home, with all that can come of saving it; whoever has saved comes to the history of its price. */
export function Editor({ work, priceNow, submit, savedText, send, onMore, instead }: Props) {
  const m = useWritingMessages();
  const announce = useAnnounce();
  const [savedId, setSavedId] = useState<number | null>(null);
  const saving = useSaving(send, (saved, sent) => {
    if (!isSame(work.values, sent.values)) {
      announce(m.savedSome);
      onMore(saved, sent.values);
      return;
    }
    work.finish();
    announce(savedText);
    setSavedId(saved.id);
  });
  const { error } = saving;
  const inWords = useObjectionText();
  const errors = useMemo(() => (error ? fieldErrors(error, m, inWords) : NO_ERRORS), [error, m, inWords]);
  const save = (values: Values, etag: string, isConfirmed = false) => {
    saving.save({ values, listing: listingOf(values), etag, isConfirmed });
  };
  const inItsPlace = error && instead?.(error, save, saving.reset);
  return (
    <>
      <Unsaved work={work} />
      <GoTo address={savedId === null ? null : `/${savedId}/prices`} />
      {inItsPlace ?? (
        <ListingForm
          values={work.values}
          errors={errors}
          priceNow={priceNow}
          submit={submit}
          isPending={saving.isPending || savedId !== null}
          onValues={work.change}
          onSubmit={() => {
            save(work.values, work.basis.etag);
          }}
        >
          <Refusal saving={saving} errors={errors} />
        </ListingForm>
      )}
    </>
  );
}
