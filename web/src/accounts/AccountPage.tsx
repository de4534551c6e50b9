import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams } from "react-router";

import { Problem } from "../api/problem";
import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import { FormProblem } from "../ui/FormProblem";
import { Notice } from "../ui/Notice";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/ProblemNotice";
import { problemText } from "../ui/problemText";
import { Question } from "../ui/Question";
import { Waiting } from "../ui/Waiting";
import { Keys } from "./Keys";
import { useAccountMessages } from "./messages";
import { type Account, accountQuery, changeAccount } from "./queries";

/** One account: whether it works, and its keys. */
export function AccountPage() {
  const m = useAccountMessages();
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery(accountQuery(id));
  return (
    <Page title={data?.name ?? m.title}>
      {data && <Standing id={id} account={data} />}
      {data && <Keys id={id} />}
      {!data && !error && <Waiting />}
      {!data && error && <Failed error={error} onRetry={() => void refetch()} />}
      <p>
        <Link to="/agents/accounts">{m.all}</Link>
      </p>
    </Page>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const m = useAccountMessages();
  if (!(error instanceof Problem && [404, 422].includes(error.status))) {
    return <ProblemNotice error={error} onRetry={onRetry} />;
  }
  return <Notice title={m.missing}>{m.missingText}</Notice>;
}

function Standing({ id, account: { name, kind, suspended } }: { id: string; account: Account }) {
  const { m: all } = useLanguage();
  const m = useAccountMessages();
  const announce = useAnnounce();
  const queries = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const change = useMutation({
    mutationFn: (isSuspended: boolean) => changeAccount(id, { suspended: isSuspended }),
    onSuccess: async (changed) => {
      setAsked(false);
      announce(changed.suspended ? m.isSuspended : m.isActive);
      await queries.invalidateQueries({ queryKey: ["accounts"] });
    },
  });
  const isOwn = change.error instanceof Problem && change.error.kind === "own-account";
  const refusal = change.error && (isOwn ? m.ownAccount : problemText(change.error, all));
  return (
    <>
      <p>
        {m.kinds[kind]} · {suspended ? m.suspended : m.active}
      </p>
      {refusal !== null && <FormProblem error={change.error} text={refusal} />}
      <button
        type="button"
        aria-disabled={change.isPending}
        onClick={() => {
          if (change.isPending) return;
          if (suspended) change.mutate(false);
          else setAsked(true);
        }}
      >
        {suspended ? m.resume : m.suspend}
      </button>
      {isAsked && (
        <Question
          title={m.suspendTitle(name)}
          yes={m.suspend}
          no={m.cancel}
          onYes={() => {
            setAsked(false);
            change.mutate(true);
          }}
          onNo={() => {
            setAsked(false);
          }}
        >
          {m.suspendText}
        </Question>
      )}
    </>
  );
}
