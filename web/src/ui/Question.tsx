import type { ReactNode } from "react";

import { FormProblem } from "./FormProblem";
import styles from "./forms.module.css";
import { Modal } from "./Modal";

interface Props {
  title: string;
  /** A text, or what has paragraphs of its own. */
  children: ReactNode;
  yes: string;
  no: string;
  onYes: () => void;
  /** Escape says no, too. */
  onNo: () => void;
  isBusy?: boolean;
  /** Why it did not work, if it was tried. */
  error?: unknown;
}

/** A question that has to be answered before anything else is done. */
export function Question({ title, children, yes, no, onYes, onNo, isBusy = false, error }: Props) {
  return (
    <Modal title={title} onClose={onNo}>
      {typeof children === "string" ? <p>{children}</p> : children}
      <FormProblem error={error} />
      <div className={styles.actions}>
        <button type="button" className="primary" onClick={isBusy ? undefined : onYes} aria-disabled={isBusy}>
          {yes}
        </button>
        <button type="button" onClick={onNo}>
          {no}
        </button>
      </div>
    </Modal>
  );
}
