import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { NavLink, useParams } from "react-router";

import { type Scope, useRight } from "../api/access";
import { NoRight } from "../ui/NoRight";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/ProblemNotice";
import { useWritingMessages } from "./messages";
import { type Loaded, loadedQuery } from "./queries";
import { RelistForm } from "./RelistForm";
import styles from "./Writing.module.css";

interface Props {
  title: string;
  /** The same with the name of the home. */
  titleOf: (name: string) => string;
  /** What one needs to do it. */
  scope: Scope;
  /** What can be done with a home that is on the market. */
  children: (id: string, loaded: Loaded) => ReactNode;
}

/** A page on which something is written of a home; one that is off the market can only be brought back. */
export function HomePage({ title, titleOf, scope, children }: Props) {
  const { id = "" } = useParams();
  const { data: loaded, error, refetch } = useQuery(loadedQuery(id));
  const m = useWritingMessages();
  const relisting = useRight("listings:write", id);
  const doing = useRight(scope, id);
  const { isRefused, isOfAnother, isComing } = loaded?.isWithdrawn ? relisting : doing;
  const isReady = loaded !== undefined && !isComing;
  return (
    <Page title={loaded ? titleOf(loaded.listing.name) : title}>
      <Pages id={id} />
      {!loaded && error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {!isReady && !(error && !loaded) && <div className={styles.coming} aria-busy="true" />}
      <div key={id}>
        {isReady && isRefused && <NoRight text={isOfAnother ? m.ofAnother : undefined} />}
        {isReady && !isRefused && (loaded.isWithdrawn ? <RelistForm id={id} loaded={loaded} /> : children(id, loaded))}
      </div>
    </Page>
  );
}

function Pages({ id }: { id: string }) {
  const m = useWritingMessages();
  const [edit, price] = [useRight("listings:write", id), useRight("prices:write", id)];
  const correct = useRight("prices:correct", id);
  return (
    <nav aria-label={m.pages} className={styles.pages}>
      {!edit.isRefused && <NavLink to={`/${id}/edit`}>{m.nav.edit}</NavLink>}
      {!price.isRefused && <NavLink to={`/${id}/price`}>{m.nav.price}</NavLink>}
      {!correct.isRefused && <NavLink to={`/${id}/corrections`}>{m.nav.corrections}</NavLink>}
      <NavLink to={`/${id}/prices`}>{m.nav.history}</NavLink>
    </nav>
  );
}
