/** The page of a history as the server sends it at first. */
import { useLanguage } from "../i18n/context";
import { Page } from "../ui/Page";
import styles from "./PricesPage.module.css";

export function FramedPrices() {
  const { m } = useLanguage();
  return (
    <Page title={m.listings.historyOf("{{name}}")}>
      <p className={styles.place}>{"{{place}}"}</p>
      <div className={styles.skeleton} role="status" aria-label={m.app.loading} />
    </Page>
  );
}
