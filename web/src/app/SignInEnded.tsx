import { useHasEnded } from "../api/session";
import { useLanguage } from "../i18n/context";
import styles from "./Layout.module.css";

/** Says that a sign-in has ended; a new one, in another window, is taken over by this one with all that is in it. */
export function SignInEnded() {
  const { m } = useLanguage();
  if (!useHasEnded()) return null;
  return (
    <p className={styles.ended} role="alert">
      {m.signIn.ended}{" "}
      <a href="/sign-in?again" target="_blank" rel="noopener">
        {m.signIn.again}
      </a>
    </p>
  );
}
