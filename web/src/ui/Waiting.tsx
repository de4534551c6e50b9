import { useLanguage } from "../i18n/context";
import styles from "./forms.module.css";

/** Where something is still to come: as large as it may be. */
export function Waiting() {
  const { m } = useLanguage();
  return <div className={styles.skeleton} role="status" aria-label={m.app.loading} aria-busy="true" />;
}
