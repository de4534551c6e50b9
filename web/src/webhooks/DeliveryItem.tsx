import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useLanguage } from "../i18n/context";
import { FormProblem } from "../ui/FormProblem";
import forms from "../ui/forms.module.css";
import { useWebhookMessages } from "./messages";
import { type Delivery, replay } from "./queries";

/** An event for a webhook, each attempt to send it, and a button to send it again. */
export function DeliveryItem({ webhook, delivery }: { webhook: string; delivery: Delivery }) {
  const { f } = useLanguage();
  const m = useWebhookMessages();
  const queries = useQueryClient();
  const { id, type, listing_id: listing, state, attempts, created_date: created, due_date: due } = delivery;
  const sending = useMutation({
    mutationFn: () => replay(webhook, delivery),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["webhooks", webhook, "deliveries"] }),
  });
  return (
    <li className={forms.item}>
      <h3>
        {m.type[type]} · {m.ofListing(listing)}
      </h3>
      <p className={forms.quiet}>
        {m.deliveryStates[state]} · {f.dateTime(created)}
        {state === "pending" && due !== undefined && ` · ${m.next(f.dateTime(due))}`}
      </p>
      {attempts.length > 0 && (
        <ul aria-label={m.attempts}>
          {attempts.map(({ date, status, problem, milliseconds }) => (
            <li key={date}>
              {m.attempt(f.dateTime(date), milliseconds)} {status ?? <span lang="en">{problem}</span>}
            </li>
          ))}
        </ul>
      )}
      <FormProblem error={sending.error} />
      <div className={forms.actions}>
        <button
          type="button"
          aria-label={m.againOf(id)}
          aria-disabled={sending.isPending}
          onClick={() => {
            if (!sending.isPending) sending.mutate();
          }}
        >
          {m.again}
        </button>
        <span role="status">{sending.isSuccess ? m.sentAgain : ""}</span>
      </div>
    </li>
  );
}
