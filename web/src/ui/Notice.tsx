import type { ReactNode } from "react";

import styles from "./Notice.module.css";

interface Props {
  title: string;
  children: ReactNode;
  /** What can be done about it. */
  action?: ReactNode;
  /** `alert` is read out at once by screen readers. */
  role?: "alert";
}

/** Stands where something else was expected: it says why, and what to do. */
export function Notice({ title, children, action, role }: Props) {
  return (
    <div className={styles.notice} role={role}>
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  );
}
