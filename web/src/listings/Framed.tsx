/** The list and a card as the server sends them at first: it puts in the words that are the same in all languages. */
import { useLanguage } from "../i18n/context";
import { Page } from "../ui/Page";
import { Filters } from "./Filters";
import styles from "./ListingCard.module.css";
import pageStyles from "./ListingsPage.module.css";
import listStyles from "./Results.module.css";

const ROOM = "\u00a0";

export function FramedListings() {
  const { m } = useLanguage();
  return (
    <Page title={m.listings.title}>
      <div className={pageStyles.page}>
        {/* what was typed into it would be gone when the app begins */}
        <div inert>
          <Filters search={{}} onSearch={() => undefined} onClear={() => undefined} />
        </div>
        <section aria-label={m.listings.results}>
          <ol className={listStyles.cards}>{"{{cards}}"}</ol>
        </section>
      </div>
    </Page>
  );
}

/** Where a card is still to come. */
export function FramedRoom() {
  return <li className={listStyles.skeleton} />;
}

export function FramedCard() {
  const { m } = useLanguage();
  return (
    <li>
      <article className={styles.card}>
        <div className={styles.photo} aria-hidden="true" />
        <div className={styles.body}>
          <h2 className={styles.name}>{"{{name}}"}</h2>
          <p className={styles.address}>{"{{place}}"}</p>
          <p className={styles.price}>
            <strong>{ROOM}</strong>
            <span className={styles.perM2}>{ROOM}</span>
          </p>
          <p className={styles.facts}>{ROOM}</p>
          <p className={styles.description}>{"{{description}}"}</p>
          <p className={styles.foot}>
            <span>{ROOM}</span>
          </p>
          <p className={styles.links}>
            <a href="/{{id}}/prices" aria-label={m.listings.historyOf("{{name}}")}>
              {m.listings.history}
            </a>
          </p>
        </div>
      </article>
    </li>
  );
}
