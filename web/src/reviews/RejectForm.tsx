import { Form } from "@base-ui/react/form";
import { useMutation } from "@tanstack/react-query";

import { useLanguage } from "../i18n/context";
import { fieldErrors } from "../ui/fieldErrors";
import { FormProblem } from "../ui/FormProblem";
import forms from "../ui/forms.module.css";
import { Modal } from "../ui/Modal";
import { TextField } from "../ui/TextField";
import { useReviewMessages } from "./messages";
import { reject, type Rejection, type Review } from "./queries";
import { isSettled, priceIn, refusal } from "./words";

interface Props {
  review: Review;
  onDone: (settled: Review) => void;
  onSettledMeanwhile: () => void;
  onClose: () => void;
}

/** Asks what a price should have been, and why it is wrong. */
export function RejectForm({ review, onDone, onSettledMeanwhile, onClose }: Props) {
  const { f } = useLanguage();
  const m = useReviewMessages();
  const sending = useMutation({
    mutationFn: (rejection: Rejection) => reject(review, rejection),
    onSuccess: onDone,
    onError: (error) => {
      if (isSettled(error)) onSettledMeanwhile();
    },
  });
  const errors = fieldErrors(sending.error, m.wrong);
  return (
    <Modal title={m.rejectTitle(review.listing_id)} onClose={onClose}>
      <p>{m.rejectText(f.euros(review.price_eur))}</p>
      <Form<{ price_eur: string; reason: string }>
        className={forms.form}
        errors={errors}
        onFormSubmit={({ price_eur, reason }) => {
          if (sending.isPending) return;
          const price = priceIn(price_eur);
          sending.mutate({ reason: reason.trim(), ...(price !== null && { price_eur: price }) });
        }}
      >
        <TextField
          name="price_eur"
          label={m.price}
          hint={m.priceHint}
          inputMode="decimal"
          mistakeIn={(text) => (text.trim() === "" || priceIn(text) ? null : m.wrong.price_eur)}
        />
        <TextField
          name="reason"
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
