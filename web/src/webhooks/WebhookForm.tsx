import { Form } from "@base-ui/react/form";
import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Schemas } from "../api/client";
import { Problem } from "../api/problem";
import { Unsaved } from "../drafts/Unsaved";
import { useWork } from "../drafts/useWork";
import { chosenIn } from "../ui/chosen";
import { fieldErrors } from "../ui/fieldErrors";
import { FormProblem } from "../ui/FormProblem";
import forms from "../ui/forms.module.css";
import { TextField } from "../ui/TextField";
import { EventTypes } from "./EventTypes";
import { useWebhookMessages } from "./messages";
import { createWebhook, type EventType, TYPES, type WebhookWrite } from "./queries";

type Values = Record<"url" | "types" | "listing_id" | "min_cut_percent", string>;

const FIRST: EventType = "price.changed";
const START = { values: { url: "", types: FIRST as string, listing_id: "", min_cut_percent: "" }, etag: "" };

/** Adds a webhook. */
export function WebhookForm({ onMade }: { onMade: (webhook: Schemas["NewWebhook"]) => void }) {
  const m = useWebhookMessages();
  const work = useWork("webhook", START, { keepable });
  const adding = useMutation({
    mutationFn: createWebhook,
    onSuccess: (made) => {
      work.restart();
      onMade(made);
    },
  });
  const errors = useMemo(() => fieldErrors(adding.error, m.wrong), [adding.error, m]);
  const isTooMany = adding.error instanceof Problem && adding.error.kind === "too-many-webhooks";
  return (
    <section>
      <h2>{m.add}</h2>
      <Unsaved work={work} />
      <Form
        className={forms.form}
        errors={errors}
        onFormSubmit={() => {
          if (work.values.types !== "" && !adding.isPending) adding.mutate(webhookOf(work.values));
        }}
      >
        <TextField
          {...work.field("url")}
          label={m.url}
          hint={m.urlHint}
          inputMode="url"
          mistakeIn={(text) => (/^https?:\/\/[^\s]+$/.test(text.trim()) ? null : m.wrong.url)}
        />
        <EventTypes {...work.field("types")} />
        <TextField
          {...work.field("listing_id")}
          label={m.listing}
          hint={m.listingHint}
          inputMode="numeric"
          mistakeIn={(text) => (/^\d{0,18}$/.test(text.trim()) ? null : m.wrong.listing_id)}
        />
        <TextField
          {...work.field("min_cut_percent")}
          label={m.minCut}
          hint={m.minCutHint}
          inputMode="decimal"
          mistakeIn={(text) => (/^(\d{1,7}([.,]\d{1,2})?)?$/.test(text.trim()) ? null : m.wrong.min_cut_percent)}
        />
        {Object.keys(errors).length === 0 && (
          <FormProblem error={adding.error} text={isTooMany ? m.tooMany : undefined} />
        )}
        <div>
          <button type="submit" className="primary" aria-disabled={adding.isPending}>
            {m.create}
          </button>
        </div>
      </Form>
    </section>
  );
}

/** A password or a token may be in an address, before its host or after its path: such a one is not kept. */
function keepable(values: Values): Values {
  return /\/\/[^/]*(@|:\d*[^\d/])|[?#]/.test(values.url) ? { ...values, url: "" } : values;
}

function webhookOf({ url, types, listing_id: listing, min_cut_percent: cut }: Values): WebhookWrite {
  return {
    url: url.trim(),
    types: chosenIn(TYPES, types),
    ...(listing.trim() && { listing_id: listing.trim() }),
    ...(cut.trim() && { min_cut_percent: cut.trim().replace(",", ".") }),
  };
}
