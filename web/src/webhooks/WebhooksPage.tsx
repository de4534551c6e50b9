import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import type { Schemas } from "../api/client";
import forms from "../ui/forms.module.css";
import { InPlace } from "../ui/InPlace";
import { Notice } from "../ui/Notice";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/ProblemNotice";
import { Waiting } from "../ui/Waiting";
import { useWebhookMessages } from "./messages";
import { webhooksQuery } from "./queries";
import { Facts, WebhookSecret } from "./Facts";
import { WebhookForm } from "./WebhookForm";

/** The webhooks of the account, and a form to add one, whose secret is shown once. */
export function WebhooksPage() {
  const m = useWebhookMessages();
  const queries = useQueryClient();
  const { data: webhooks, error, refetch } = useQuery(webhooksQuery);
  const [made, setMade] = useState<Schemas["NewWebhook"] | null>(null);
  const [wasTold, setWasTold] = useState(false);
  return (
    <Page title={m.title}>
      <p>{m.intro}</p>
      {!webhooks && !error && <Waiting />}
      {!webhooks && error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {webhooks?.length === 0 && !made && <Notice title={m.none}>{m.noneText}</Notice>}
      <ul className={forms.list}>
        {webhooks?.map((webhook) => (
          <li key={webhook.id} className={forms.item}>
            <h2>
              <Link to={`/agents/webhooks/${webhook.id}`}>{webhook.url}</Link>
            </h2>
            <Facts webhook={webhook} />
          </li>
        ))}
      </ul>
      {made && (
        <WebhookSecret
          secret={made.secret}
          onDone={() => {
            setMade(null);
            setWasTold(true);
          }}
        />
      )}
      {made && made.secret === undefined && <Link to={`/agents/webhooks/${made.id}`}>{m.rotate}</Link>}
      {webhooks && made?.secret === undefined && (
        <InPlace label={m.add} takesFocus={wasTold}>
          <WebhookForm
            onMade={(webhook) => {
              setMade(webhook);
              void queries.invalidateQueries({ queryKey: ["webhooks"] });
            }}
          />
        </InPlace>
      )}
    </Page>
  );
}
