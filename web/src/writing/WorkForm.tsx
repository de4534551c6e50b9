import type { ReactNode } from "react";

import type { Texts } from "../drafts/drafts";
import { Unsaved } from "../drafts/Unsaved";
import type { Work } from "../drafts/useWork";
import { Refusal } from "./Refusal";
import { SubmitForm } from "./SubmitForm";
import type { Saving } from "./useSaving";

interface Props<T extends Texts, Input> {
  work: Work<T>;
  saving: Saving<Input>;
  errors: Record<string, string>;
  submit: string;
  onSubmit: () => void;
  /** What stands in place of why it was not saved. */
  instead?: ReactNode;
  children: ReactNode;
}

/** A form of which the draft is kept until it is saved, with all that can come of saving it. */
export function WorkForm<T extends Texts, Input extends object>(props: Props<T, Input>) {
  const { work, saving, errors, submit, onSubmit, instead, children } = props;
  return (
    <SubmitForm errors={errors} submit={submit} isPending={saving.isPending} onSubmit={onSubmit}>
      <Unsaved work={work} />
      {children}
      {instead ?? <Refusal saving={saving} errors={errors} />}
    </SubmitForm>
  );
}
