import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { useIsSignedIn } from "../api/session";
import { breath } from "../ui/breath";
import { follow } from "./following";
import { pricesQuery } from "./queries";

/** Has the prices of a listing, once they were read, read anew whenever they change; returns whether that would be heard of now. */
export function useFollowing(id: string, isRead: boolean): boolean {
  const queries = useQueryClient();
  const isSignedIn = useIsSignedIn();
  const [isThere, setIsThere] = useState(true);

  useEffect(() => {
    if (!isRead) return undefined;
    const { queryKey } = pricesQuery(id);
    const end = new AbortController();
    const listener = {
      known: () => {
        const state = queries.getQueryState(queryKey);
        return state?.status === "success" ? (state.data?.etag ?? null) : null;
      },
      onChange: () => queries.refetchQueries({ queryKey, exact: true }),
      onContact: setIsThere,
    };
    // what was read is painted first
    void breath().then(() => follow(Number(id), listener, end.signal));
    return () => {
      end.abort();
    };
  }, [id, isRead, isSignedIn, queries]);
  return isThere;
}
