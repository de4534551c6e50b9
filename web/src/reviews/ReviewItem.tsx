import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { belongings } from "../api/belongings";
import { dropDraft } from "../drafts/drafts";
import { useLanguage } from "../i18n/context";
import { FormProblem } from "../ui/FormProblem";
import forms from "../ui/forms.module.css";
import { Objection } from "../ui/Objection";
import { type ReviewMessages, useReviewMessages } from "./messages";
import { approve, rejectionOf, type Review } from "./queries";
import { RejectForm } from "./RejectForm";
import { isSettled, refusal } from "./words";

interface Props {
  review: Review;
  /** It was decided on; `told` says how it went. */
  onSettled: (told: string) => void;
}

/** A flagged price, what the rules have against it, and what became of it or may become of it. */
export function ReviewItem({ review, onSettled }: Props) {
  const { f } = useLanguage();
  const m = useReviewMessages();
  const { listing_id: listing, state, settled_date, reason, flags, created_date } = review;
  return (
    <article className={forms.item} aria-label={m.nameOf(listing)}>
      <h2>
        {m.nameOf(listing)}: {changeIn(review, m, f)}
      </h2>
      <p className={forms.quiet}>{m.entered(f.dateTime(created_date))}</p>
      <ul aria-label={m.flags}>
        {flags.map(({ rule_id, detail }) => (
          <li key={rule_id}>
            <Objection detail={detail} />
          </li>
        ))}
      </ul>
      {state !== "open" && settled_date !== undefined && <p>{m.settled[state](f.dateTime(settled_date))}</p>}
      {reason !== undefined && <p>{m.reason(reason)}</p>}
      {state === "open" && <Decision review={review} onSettled={onSettled} />}
      <Link to={`/${listing}/prices`}>
        {m.history} <span className="visually-hidden">{m.nameOf(listing)}</span>
      </Link>
    </article>
  );
}

function changeIn(review: Review, m: ReviewMessages, f: ReturnType<typeof useLanguage>["f"]): string {
  const { price_eur: price, previous_price_eur: before } = review;
  if (before === undefined) return m.first(f.euros(price));
  const change = m.change(f.euros(before), f.euros(price));
  return before === 0 ? change : change + m.percent(f.percent((100 * (price - before)) / before, { signed: true }));
}

function Decision({ review, onSettled }: Props) {
  const m = useReviewMessages();
  const { listing_id: listing } = review;
  const [isRejecting, setRejecting] = useState(false);
  const [own] = useState(belongings);
  const settle = (told: string) => {
    dropDraft(own, rejectionOf(review)); // nobody comes back to it
    setRejecting(false);
    onSettled(told);
  };
  const settledMeanwhile = () => {
    settle(m.settledMeanwhile(listing));
  };
  const approval = useMutation({
    mutationFn: () => approve(review),
    onSuccess: () => {
      settle(m.approved(listing));
    },
    onError: (error) => {
      if (isSettled(error)) settledMeanwhile();
    },
  });
  return (
    <>
      <FormProblem error={approval.error} text={refusal(approval.error, m)} />
      <div className={forms.actions}>
        <button
          type="button"
          className="primary"
          aria-label={m.approveOf(listing)}
          aria-disabled={approval.isPending}
          onClick={() => {
            if (!approval.isPending) approval.mutate();
          }}
        >
          {m.approve}
        </button>
        <button
          type="button"
          aria-label={m.rejectOf(listing)}
          onClick={() => {
            setRejecting(true);
          }}
        >
          {m.reject}
        </button>
      </div>
      {isRejecting && (
        <RejectForm
          review={review}
          onDone={() => {
            settle(m.rejected(listing));
          }}
          onSettledMeanwhile={settledMeanwhile}
          onClose={() => {
            setRejecting(false);
          }}
        />
      )}
    </>
  );
}
