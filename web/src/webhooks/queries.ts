import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answered, api, nextCursor, type Schemas } from "../api/client";
import { sendOnce } from "../api/sending";

export type Webhook = Schemas["Webhook"];
export type WebhookWrite = Schemas["WebhookWrite"];
export type EventType = Webhook["types"][number];
export type Delivery = Schemas["WebhookDelivery"];
export type DeliveryState = Delivery["state"];

export const TYPES: readonly EventType[] = [
  "price.changed",
  "price.corrected",
  "price.scheduled",
  "listing.created",
  "listing.updated",
  "listing.withdrawn",
  "listing.relisted",
];
export const DELIVERY_STATES: readonly DeliveryState[] = ["pending", "delivered", "failed"];
const PAGE = 50;

const pathOf = (id: string) => ({ webhook_id: Number(id) });

export const webhooksQuery = queryOptions({
  queryKey: ["webhooks", "all"],
  queryFn: async ({ signal }) => answered(await api.GET("/webhooks", { signal })),
});

export function webhookQuery(id: string) {
  return queryOptions({
    queryKey: ["webhooks", id],
    queryFn: async ({ signal }) =>
      answered(await api.GET("/webhooks/{webhook_id}", { params: { path: pathOf(id) }, signal })),
  });
}

export function deliveriesQuery(id: string, state: DeliveryState | null) {
  return infiniteQueryOptions({
    queryKey: ["webhooks", id, "deliveries", state],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, ...(state && { state }), ...(pageParam !== "" && { cursor: pageParam }) };
      const params = { path: pathOf(id), query };
      const answer = await api.GET("/webhooks/{webhook_id}/deliveries", { params, signal });
      return { deliveries: answered(answer), cursor: nextCursor(answer.response) };
    },
    initialPageParam: "",
    getNextPageParam: ({ cursor }) => cursor,
  });
}

/** Without its secret, if the answer to this was lost when it was sent before: that is told nobody a second time. */
export async function createWebhook(body: WebhookWrite): Promise<Schemas["NewWebhook"]> {
  return sendOnce("webhook", body, async (key) =>
    answered(await api.POST("/webhooks", { params: { header: { "Idempotency-Key": key } }, body })),
  );
}

export async function setState(id: string, state: "active" | "paused"): Promise<Webhook> {
  return answered(await api.PATCH("/webhooks/{webhook_id}", { params: { path: pathOf(id) }, body: { state } }));
}

/** The same holds for another secret. */
export async function rotateSecret(id: string): Promise<Schemas["NewWebhook"]> {
  return sendOnce(`secret of webhook ${id}`, {}, async (key) => {
    const params = { path: pathOf(id), header: { "Idempotency-Key": key } };
    return answered(await api.POST("/webhooks/{webhook_id}/secrets", { params }));
  });
}

export async function deleteWebhook(id: string): Promise<void> {
  await api.DELETE("/webhooks/{webhook_id}", { params: { path: pathOf(id) } });
}

/** After another attempt it is another replay. */
export async function replay(id: string, { id: delivery, attempts }: Delivery): Promise<Delivery> {
  return sendOnce(`replay of delivery ${delivery}`, { after: attempts.at(-1)?.date }, async (key) => {
    const params = { path: { ...pathOf(id), delivery_id: delivery }, header: { "Idempotency-Key": key } };
    return answered(await api.POST("/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", { params }));
  });
}
