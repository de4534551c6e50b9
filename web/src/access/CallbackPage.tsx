import { Link, useLoaderData } from "react-router";

import { Page } from "../ui/Page";
import type { Outcome } from "./callback";
import { useAccessMessages } from "./messages";

/** Where an identity provider leads back to, if that was not simply a way back to another page. */
export function CallbackPage() {
  const m = useAccessMessages();
  const outcome = useLoaderData<Outcome>();
  if (outcome === "again") {
    return (
      <Page title={m.againTitle}>
        <p>{m.again}</p>
      </Page>
    );
  }
  return (
    <Page title={m.failedTitle}>
      <p role="alert">{m[outcome]}</p>
      <p>
        <Link to="/sign-in">{m.restart}</Link>
      </p>
    </Page>
  );
}
