import { Form } from "@base-ui/react/form";
import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";

import { Unsaved } from "../drafts/Unsaved";
import { useWork } from "../drafts/useWork";
import { useLanguage } from "../i18n/context";
import { fieldErrors } from "../ui/fieldErrors";
import { FormProblem } from "../ui/FormProblem";
import forms from "../ui/forms.module.css";
import { Modal } from "../ui/Modal";
import { isInCents, priceIn } from "../ui/numbers";
import { TextField } from "../ui/TextField";
import { useReviewMessages } from "./messages";
import { reject, type Rejection, rejectionOf, type Review } from "./queries";
import { isSettled, refusal } from "./words";

interface Props {
  review: Review;
  onDone: (settled: Review) => void;
  onSettledMeanwhile: () => void;
  onClose: () => void;
}

const START = { values: { price_eur: "", reason: "" }, etag: "" };

/** Asks what a price should have been, and why it is wrong. */
export function RejectForm({ review, onDone, onSettledMeanwhile, onClose }: Props) {
  const { f } = useLanguage();
  const m = useReviewMessages();
  const work = useWork(rejectionOf(review), START);
  const price = priceOf(work.values.price_eur);
  const sending = useMutation({
    mutationFn: (rejection: Rejection) => reject(review, rejection),
    onSuccess: (settled) => {
      work.finish();
      onDone(settled);
    },
    onError: (error) => {
      if (!isSettled(error)) return;
      work.finish();
      onSettledMeanwhile();
    },
  });
  const errors = useMemo(() => fieldErrors(sending.error, m.wrong), [sending.error, m]);
  return (
    <Modal title={m.rejectTitle(review.listing_id)} onClose={onClose}>
      <p>{m.rejectText(f.euros(review.price_eur))}</p>
      <Unsaved work={work} />
      <Form
        className={forms.form}
        errors={errors}
        onFormSubmit={() => {
          if (sending.isPending) return;
          sending.mutate({ reason: work.values.reason.trim(), ...(price !== null && { price_eur: price }) });
        }}
      >
        <TextField
          {...work.field("price_eur")}
          label={m.price}
          hint={m.priceHint}
          inputMode="decimal"
          mistakeIn={(text) => (text.trim() === "" || priceOf(text) !== null ? null : m.wrong.price_eur)}
        >
          <p className={forms.quiet} role="status">
            {price !== null && m.change(f.euros(review.price_eur), f.euros(price))}
          </p>
        </TextField>
        <TextField
          {...work.field("reason")}
          label={m.why}
          render={<textarea rows={3} maxLength={2000} />}
          mistakeIn={(text) => (text.trim() ? null : m.wrong.reason)}
        />
        {Object.keys(errors).length === 0 && <FormProblem error={sending.error} text={refusal(sending.error, m)} />}
        <div className={forms.actions}>
          <button type="submit" className="primary" aria-disabled={sending.isPending}>
            {m.send}
          </button>
          <button type="button" onClick={onClose}>
            {m.cancel}
          </button>
        </div>
      </Form>
    </Modal>
  );
}

/** The price that somebody has typed, if it is one that can be sent. */
function priceOf(text: string): number | null {
  const price = priceIn(text);
  return price !== null && isInCents(price) ? price : null;
}
