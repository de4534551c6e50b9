import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

import styles from "./Modal.module.css";

interface Props {
  title: string;
  children: ReactNode;
  /** Escape closes it, too. */
  onClose: () => void;
}

/** A dialog before all else; whoever closes it is where they were before. */
export function Modal({ title, children, onClose }: Props) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      shown?.close(); // while it is still there, so that the focus goes back to where it was
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.modal}
      aria-labelledby={id}
      onCancel={(event) => {
        if (event.target !== event.currentTarget) return; // that of a dialog within this one
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
