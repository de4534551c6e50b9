import { useSearchParams } from "react-router";

import { useLanguage } from "../i18n/context";
import { Page } from "../ui/Page";
import { Filters } from "./Filters";
import styles from "./ListingsPage.module.css";
import { Results } from "./Results";
import { pagesIn, parametersOf, type Search, searchIn } from "./search";

/** The homes that are for sale. What is looked for, in which order and how far one has come stands in the address. */
export function ListingsPage() {
  const { m } = useLanguage();
  const [parameters, setParameters] = useSearchParams();
  const search = searchIn(parameters);
  const address = parametersOf(search).toString();

  const look = (wanted: Search) => {
    setParameters(parametersOf(wanted));
  };
  const clear = () => {
    look({});
    document.querySelector<HTMLElement>("main h1")?.focus(); // the button that had the focus vanishes
  };
  const showPages = (pages: number) => {
    setParameters(parametersOf(search, pages), { replace: true, preventScrollReset: true });
  };
  return (
    <Page title={m.listings.title}>
      <div className={styles.page}>
        <Filters search={search} onSearch={look} onClear={clear} />
        <Results
          key={`results ${address}`}
          search={search}
          pages={pagesIn(parameters)}
          onPages={showPages}
          onClear={clear}
        />
      </div>
    </Page>
  );
}
