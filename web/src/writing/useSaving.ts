import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";

import { Problem, UNREACHABLE } from "../api/problem";
import { isConflict, isGone } from "./problems";

export interface Saving<Input> {
  error: Error | null;
  isPending: boolean;
  /** What was sent last. */
  sent: Input | undefined;
  save: (input: Input) => void;
  /** Forget what went wrong. */
  reset: () => void;
}

/** Sends what is to be saved, and once more as soon as there is a connection again, if there was none. */
export function useSaving<Input, Output>(
  send: (input: Input) => Promise<Output>,
  onSaved: (output: Output, input: Input) => void,
): Saving<Input> {
  const queries = useQueryClient();
  const readAnew = () => queries.invalidateQueries({ queryKey: ["listings"] });
  const { mutate, reset, error, isPending, variables } = useMutation({
    mutationFn: send,
    onSuccess: (output, input) => {
      onSaved(output, input);
      void readAnew();
    },
    onError: (refusal) => (isConflict(refusal) || isGone(refusal) ? readAnew() : undefined),
  });
  const isCutOff = error instanceof Problem && error.status === UNREACHABLE;
  const sendAgain = useEffectEvent(() => {
    if (variables !== undefined) mutate(variables);
  });
  useEffect(() => {
    if (!isCutOff) return;
    addEventListener("online", sendAgain);
    return () => {
      removeEventListener("online", sendAgain);
    };
  }, [isCutOff]);
  return { error, isPending, sent: variables, save: mutate, reset };
}
