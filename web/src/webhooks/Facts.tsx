import { useLanguage } from "../i18n/context";
import { FormProblem } from "../ui/FormProblem";
import forms from "../ui/forms.module.css";
import { Secret } from "../ui/Secret";
import { useWebhookMessages } from "./messages";
import type { Webhook } from "./queries";

/** What a webhook is sent, and whether it is. */
export function Facts({ webhook }: { webhook: Webhook }) {
  const { f } = useLanguage();
  const m = useWebhookMessages();
  const { types, listing_id: listing, search, min_cut_percent: cut, min_cut_eur: euros, state } = webhook;
  const limits = [
    listing !== undefined && m.ofListing(listing),
    search !== undefined && m.ofSearch,
    cut !== undefined && m.cutsFrom(f.percent(cut)),
    euros !== undefined && m.cutsFrom(f.euros(euros)),
  ].filter((text) => text !== false);
  return (
    <>
      <p>{types.map((type) => m.type[type]).join(" · ")}</p>
      <p className={forms.quiet}>{[m.states[state], ...limits].join(" · ")}</p>
      {webhook.paused_reason !== undefined && (
        <p>
          {m.pausedReason} <span lang="en">{webhook.paused_reason}</span>
        </p>
      )}
    </>
  );
}

/** The secret of a webhook, once; or that it was lost, which a repeated request is answered with. */
export function WebhookSecret({ secret, onDone }: { secret: string | undefined; onDone: () => void }) {
  const m = useWebhookMessages();
  if (secret === undefined) return <FormProblem error={m.lost} text={m.lost} />;
  return (
    <Secret
      title={m.secret}
      text={m.secretText}
      secret={secret}
      copy={m.copy}
      copied={m.copied}
      done={m.done}
      onDone={onDone}
    />
  );
}
