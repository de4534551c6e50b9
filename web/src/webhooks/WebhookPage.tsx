import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";

import { Problem } from "../api/problem";
import { Notice } from "../ui/Notice";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/ProblemNotice";
import { Waiting } from "../ui/Waiting";
import { Deliveries } from "./Deliveries";
import { Facts } from "./Facts";
import { useWebhookMessages } from "./messages";
import { webhookQuery } from "./queries";
import { WebhookActions } from "./WebhookActions";

/** One webhook: what may be done with it, and what was sent. */
export function WebhookPage() {
  const m = useWebhookMessages();
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery(webhookQuery(id));
  return (
    <Page title={data?.url ?? m.title}>
      {data && (
        <>
          <Facts webhook={data} />
          <WebhookActions id={id} webhook={data} />
          <Deliveries id={id} />
        </>
      )}
      {!data && !error && <Waiting />}
      {!data && error && <Failed error={error} onRetry={() => void refetch()} />}
      <p>
        <Link to="/agents/webhooks">{m.all}</Link>
      </p>
    </Page>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const m = useWebhookMessages();
  if (!(error instanceof Problem && error.status === 404)) return <ProblemNotice error={error} onRetry={onRetry} />;
  return <Notice title={m.missing}>{m.missingText}</Notice>;
}
