import { useMutation } from "@tanstack/react-query";
import { useLocation, useSearchParams } from "react-router";

import { providerHere } from "../api/provider";
import { FormProblem } from "../ui/FormProblem";
import { useAccessMessages } from "./messages";
import { placeIn } from "./place";

/** Goes to the identity provider, which people come back from signed in. */
export function BySignInElsewhere() {
  const m = useAccessMessages();
  const location = useLocation();
  const [parameters] = useSearchParams();
  const host = new URL(providerHere()?.issuer ?? "").host;
  const back = parameters.has("again") ? null : placeIn(location.state);
  const going = useMutation({ mutationFn: async () => (await import("../api/identityProvider")).begin(back) });
  return (
    <>
      <p>
        <button
          type="button"
          className="primary"
          aria-disabled={going.isPending}
          onClick={() => {
            if (!going.isPending) going.mutate();
          }}
        >
          {going.isPending ? m.coming(host) : m.with(host)}
        </button>
      </p>
      <FormProblem error={going.error} text={m.unreachable(host)} />
      <h2>{m.byKey}</h2>
    </>
  );
}
