import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import type { Basis, Work } from "../drafts/useWork";
import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import forms from "../ui/forms.module.css";
import { ProblemNotice } from "../ui/ProblemNotice";
import { type Choices, differences, merged, obviousChoices } from "./conflict";
import { DifferenceRow } from "./DifferenceRow";
import { listingOf, type Values, valuesOf } from "./fields";
import { useWritingMessages } from "./messages";
import { loadedQuery } from "./queries";
import styles from "./Writing.module.css";

interface Props {
  id: string;
  work: Work<Values>;
  onSave: (values: Values, etag: string) => void;
  /** The form is to come back. */
  onDone: () => void;
}

/** Shows what somebody else has made of the home beside what was written here, once it is there. */
export function ConflictPanel(props: Props) {
  const { language } = useLanguage();
  const { id, work } = props;
  const theirs = useQuery({ ...loadedQuery(id), queryKey: ["listings", id, "theirs", work.basis.etag] });
  if (theirs.error) return <ProblemNotice error={theirs.error} onRetry={() => void theirs.refetch()} />;
  if (!theirs.data) return <div className={styles.coming} aria-busy="true" />;
  const { listing, etag } = theirs.data;
  return <BothVersions {...props} theirs={{ values: valuesOf(listing, language), etag }} />;
}

/** Both versions, field by field where they are not the same; what is chosen is saved on top of theirs. */
function BothVersions({ work, theirs, onSave, onDone }: Props & { theirs: Basis<Values> }) {
  const { language } = useLanguage();
  const m = useWritingMessages();
  const announce = useAnnounce();
  const heading = useFocusAtFirst();
  const mine = valuesOf(listingOf(work.values), language);
  const found = differences(work.basis.values, mine, theirs.values);
  const [choices, setChoices] = useState<Choices>(() => obviousChoices(found));
  const takeTheirs = () => {
    work.restart(theirs);
    announce(m.conflict.taken);
    onDone();
  };
  return (
    <form
      className={styles.conflict}
      onSubmit={(event) => {
        event.preventDefault();
        const values = merged(mine, theirs.values, choices);
        work.restart(theirs, values);
        onSave(values, theirs.etag);
      }}
    >
      <h2 ref={heading} tabIndex={-1}>
        {m.conflict.title}
      </h2>
      <p>{found.length > 0 ? m.conflict.text : m.conflict.none}</p>
      {found.map((difference) => (
        <DifferenceRow
          key={difference.field}
          difference={difference}
          chosen={choices[difference.field]}
          onChoose={(side) => {
            setChoices({ ...choices, [difference.field]: side });
          }}
        />
      ))}
      <div className={forms.actions}>
        {found.length > 0 && (
          <button type="submit" className="primary">
            {m.conflict.save}
          </button>
        )}
        <button type="button" onClick={takeTheirs}>
          {m.conflict.takeTheirs}
        </button>
        <button type="button" onClick={onDone}>
          {m.conflict.back}
        </button>
      </div>
    </form>
  );
}

/** Whoever has sent a form is led to what stands in its place. */
function useFocusAtFirst() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return heading;
}
