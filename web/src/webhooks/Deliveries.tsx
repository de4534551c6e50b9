import { useInfiniteQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";

import forms from "../ui/forms.module.css";
import { More } from "../ui/More";
import { Notice } from "../ui/Notice";
import { ProblemNotice } from "../ui/ProblemNotice";
import { Waiting } from "../ui/Waiting";
import { DeliveryItem } from "./DeliveryItem";
import { useWebhookMessages } from "./messages";
import { deliveriesQuery, DELIVERY_STATES } from "./queries";

/** What was sent for a webhook; which of it stands in the address. */
export function Deliveries({ id }: { id: string }) {
  const m = useWebhookMessages();
  const [parameters, setParameters] = useSearchParams();
  const state = DELIVERY_STATES.find((known) => known === parameters.get("state")) ?? null;
  const found = useInfiniteQuery(deliveriesQuery(id, state));
  const refresh = () => {
    if (!found.isFetching) void found.refetch();
  };
  const deliveries = found.data?.pages.flatMap((page) => page.deliveries);
  return (
    <section>
      <h2>{m.deliveries}</h2>
      <p className={forms.quiet}>{m.deliveriesText}</p>
      <div className={forms.actions}>
        <label>
          {m.show}{" "}
          <select
            value={state ?? ""}
            onChange={({ target }) => {
              setParameters(target.value ? { state: target.value } : {}, { preventScrollReset: true });
            }}
          >
            <option value="">{m.allStates}</option>
            {DELIVERY_STATES.map((known) => (
              <option key={known} value={known}>
                {m.deliveryStates[known]}
              </option>
            ))}
          </select>
        </label>
        <button type="button" aria-disabled={found.isFetching} onClick={refresh}>
          {m.refresh}
        </button>
      </div>
      {!deliveries && !found.error && <Waiting />}
      {deliveries?.length === 0 && <Notice title={m.noDeliveries}>{m.noDeliveriesText}</Notice>}
      <ul className={forms.list}>
        {deliveries?.map((delivery) => (
          <DeliveryItem key={delivery.id} webhook={id} delivery={delivery} />
        ))}
      </ul>
      {found.error && !found.isFetchNextPageError && <ProblemNotice error={found.error} onRetry={refresh} />}
      <More found={found} label={m.more} />
    </section>
  );
}
