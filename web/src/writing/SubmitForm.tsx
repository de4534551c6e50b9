import { Form } from "@base-ui/react/form";
import { type ReactNode, useEffect, useRef } from "react";

import forms from "../ui/forms.module.css";
import { useWritingMessages } from "./messages";
import styles from "./Writing.module.css";

interface Props {
  /** What the server has against fields, by their names; the same object until that changes. */
  errors: Record<string, string>;
  submit: string;
  isPending: boolean;
  onSubmit: () => void;
  children: ReactNode;
}

/** A form that is sent once at a time. What is wrong with a field stands below it, and the first one is focused. */
export function SubmitForm({ errors, submit, isPending, onSubmit, children }: Props) {
  const m = useWritingMessages();
  return (
    <Form
      ref={useFocusOnError(errors)}
      className={styles.form}
      errors={errors}
      onFormSubmit={() => {
        if (!isPending) onSubmit();
      }}
    >
      {children}
      <div className={forms.actions}>
        <button type="submit" className="primary" aria-disabled={isPending}>
          {isPending ? m.saving : submit}
        </button>
      </div>
    </Form>
  );
}

/** Focuses the first field that the server has something against. */
function useFocusOnError(errors: Record<string, string>) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (Object.keys(errors).length > 0) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [errors]);
  return form;
}
