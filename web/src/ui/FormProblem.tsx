import { useLanguage } from "../i18n/context";
import styles from "./forms.module.css";
import { problemText } from "./problemText";

/** Why what was sent did not work, where that is not about one field; nothing if it did. */
export function FormProblem({ error, text }: { error: unknown; text?: string | undefined }) {
  const { m } = useLanguage();
  if (error === null || error === undefined) return null;
  return (
    <p role="alert" className={styles.problem}>
      {text ?? problemText(error, m)}
    </p>
  );
}
