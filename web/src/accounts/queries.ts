import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answered, api, nextCursor, type Schemas } from "../api/client";
import { sendOnce } from "../api/sending";

export type Account = Schemas["Account"];
export type Kind = Account["kind"];
export type Key = Schemas["APIKey"];

export const KINDS: readonly Kind[] = ["agency", "portal", "operator"];
const PAGE = 100;

export const accountsQuery = infiniteQueryOptions({
  queryKey: ["accounts", "all"],
  queryFn: async ({ pageParam, signal }) => {
    const query = { limit: PAGE, ...(pageParam !== "" && { cursor: pageParam }) };
    const answer = await api.GET("/accounts", { params: { query }, signal });
    return { accounts: answered(answer), cursor: nextCursor(answer.response) };
  },
  initialPageParam: "",
  getNextPageParam: ({ cursor }) => cursor,
});

const pathOf = (id: string) => ({ account_id: Number(id) });

export function accountQuery(id: string) {
  return queryOptions({
    queryKey: ["accounts", id],
    queryFn: async ({ signal }) =>
      answered(await api.GET("/accounts/{account_id}", { params: { path: pathOf(id) }, signal })),
  });
}

export function keysQuery(id: string) {
  return queryOptions({
    queryKey: ["accounts", id, "keys"],
    queryFn: async ({ signal }) =>
      answered(await api.GET("/accounts/{account_id}/keys", { params: { path: pathOf(id) }, signal })),
  });
}

export async function createAccount(body: Schemas["AccountWrite"]): Promise<Account> {
  return sendOnce("account", body, async (key) =>
    answered(await api.POST("/accounts", { params: { header: { "Idempotency-Key": key } }, body })),
  );
}

export async function changeAccount(id: string, body: Schemas["AccountPatch"]): Promise<Account> {
  return answered(await api.PATCH("/accounts/{account_id}", { params: { path: pathOf(id) }, body }));
}

/** Without the key itself, if the answer to this was lost when it was sent before: that is told nobody a second time. */
export async function createKey(id: string, body: Schemas["APIKeyWrite"]): Promise<Schemas["NewAPIKey"]> {
  return sendOnce(`key of ${id}`, body, async (key) => {
    const params = { path: pathOf(id), header: { "Idempotency-Key": key } };
    return answered(await api.POST("/accounts/{account_id}/keys", { params, body }));
  });
}

export async function revokeKey(id: string, key: number): Promise<void> {
  await api.DELETE("/accounts/{account_id}/keys/{key_id}", { params: { path: { ...pathOf(id), key_id: key } } });
}
