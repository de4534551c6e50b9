/** What whoever is here may do, so that nobody is offered what would be refused. */
import { queryOptions, useQueries, useQuery } from "@tanstack/react-query";

import { answered, api, type Schemas } from "./client";

export type Scope = Schemas["Scope"];
export type Access = Schemas["Access"];

/** All of them, in the order in which they are offered. */
export const SCOPES: readonly Scope[] = [
  "listings:read",
  "listings:write",
  "prices:write",
  "prices:correct",
  "rules:write",
  "events:read",
  "webhooks:write",
  "accounts:admin",
];

/** Also which of some listings are theirs. It is asked anew when somebody signs in or out. */
export function accessQuery(ids: readonly number[] = []) {
  const query = ids.length > 0 ? { listing: [...ids] } : {};
  return queryOptions({
    queryKey: ["access", ids],
    queryFn: async ({ signal }) => answered(await api.GET("/access", { params: { query }, signal })),
    staleTime: Infinity,
  });
}

/** The account that a key or a token is of; fails if the API does not take it. */
export async function accountOf(key: string): Promise<number> {
  return answered(await api.GET("/access", { headers: { authorization: `Bearer ${key}` } })).account_id;
}

interface Right {
  isGranted: boolean;
  /** Known not to be; where that can't be known, the API says so when they try. */
  isRefused: boolean;
  /** They have the right, but the home is not theirs. */
  isOfAnother: boolean;
  isComing: boolean;
}

/** Histories are corrected by whoever may, all else is done by whose home it is. */
const OF_ANY_HOME: readonly Scope[] = ["prices:correct"];

/** Whether they have a right, on a home if there is one. */
export function useRight(scope: Scope, home?: string): Right {
  const id = Number(home);
  const { data, isLoading } = useQuery(accessQuery(Number.isSafeInteger(id) ? [id] : []));
  const isTheirs = home === undefined || OF_ANY_HOME.includes(scope) || data?.own_listings.includes(id);
  const has = data?.scopes.includes(scope) === true;
  const isGranted = has && isTheirs === true;
  return {
    isGranted,
    isRefused: data !== undefined && !isGranted,
    isOfAnother: has && !isGranted,
    isComing: isLoading,
  };
}

/** As many ids as an address has room for; the API takes 1000. */
const MOST_IDS = 250;

/** The listings of some pages that they may change; none while that is not known. */
export function useOwn(pages: readonly (readonly number[])[]): ReadonlySet<number> {
  const { isGranted } = useRight("listings:write");
  return useQueries({
    queries: pages.flatMap(parts).map((ids) => ({ ...accessQuery(ids), enabled: isGranted })),
    combine: allOwn,
  });
}

function parts(ids: readonly number[]): (readonly number[])[] {
  return ids.length > MOST_IDS ? [ids.slice(0, MOST_IDS), ...parts(ids.slice(MOST_IDS))] : [ids];
}

/** Known by its name, so that the answer is the same as long as nothing has changed. */
function allOwn(found: readonly { data: Access | undefined }[]): ReadonlySet<number> {
  return new Set(found.flatMap(({ data }) => data?.own_listings ?? []));
}
