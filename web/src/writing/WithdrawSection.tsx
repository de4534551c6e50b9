import { useState } from "react";

import { useAnnounce } from "../ui/announcing";
import { Question } from "../ui/Question";
import { Failure } from "./Failure";
import { useWritingMessages } from "./messages";
import type { Loaded } from "./queries";
import { useSaving } from "./useSaving";
import { withdrawListing } from "./writes";
import styles from "./Writing.module.css";

/** Takes a home off the market, if that is meant. */
export function WithdrawSection({ id, loaded: { listing, etag } }: { id: string; loaded: Loaded }) {
  const { withdraw } = useWritingMessages();
  const announce = useAnnounce();
  const [isAsking, setIsAsking] = useState(false);
  const saving = useSaving(withdrawListing, () => {
    announce(withdraw.done);
  });
  const send = () => {
    setIsAsking(false);
    saving.save({ id, etag });
  };
  return (
    <section className={styles.section} aria-labelledby="withdraw">
      <h2 id="withdraw">{withdraw.title}</h2>
      <p>{withdraw.text}</p>
      <button
        type="button"
        aria-disabled={saving.isPending}
        onClick={() => {
          setIsAsking(true);
        }}
      >
        {withdraw.action}
      </button>
      {saving.error && <Failure error={saving.error} onRetry={send} />}
      {isAsking && (
        <Question
          title={withdraw.ask(listing.name)}
          yes={withdraw.yes}
          no={withdraw.no}
          onYes={send}
          onNo={() => {
            setIsAsking(false);
          }}
        >
          {withdraw.text}
        </Question>
      )}
    </section>
  );
}
