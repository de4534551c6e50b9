import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import { ProblemNotice } from "../ui/ProblemNotice";
import { CorrectForm } from "./CorrectForm";
import { HomePage } from "./HomePage";
import { useWritingMessages } from "./messages";
import { entriesQuery, type Loaded } from "./queries";
import styles from "./Writing.module.css";

/** What a history says wrongly, to be put right; `?version=3` has chosen an entry already. */
export function CorrectPage() {
  const m = useWritingMessages();
  return (
    <HomePage title={m.correctTitle} titleOf={m.correctOf} scope="prices:correct">
      {(id, loaded) => (
        <>
          <p>{m.correct.text}</p>
          <Entries id={id} loaded={loaded} />
        </>
      )}
    </HomePage>
  );
}

function Entries({ id, loaded }: { id: string; loaded: Loaded }) {
  const [parameters] = useSearchParams();
  const { data: entries, error, refetch } = useQuery(entriesQuery(id));
  if (!entries && error) return <ProblemNotice error={error} onRetry={() => void refetch()} />;
  if (!entries) return <div className={styles.coming} aria-busy="true" />;
  return <CorrectForm id={id} loaded={loaded} entries={entries} chosen={parameters.get("version") ?? ""} />;
}
