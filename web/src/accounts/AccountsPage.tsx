import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { useLanguage } from "../i18n/context";
import forms from "../ui/forms.module.css";
import { More } from "../ui/More";
import { Notice } from "../ui/Notice";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/ProblemNotice";
import { Waiting } from "../ui/Waiting";
import { AccountForm } from "./AccountForm";
import { useAccountMessages } from "./messages";
import { type Account, accountsQuery } from "./queries";

/** All accounts, for operators, and a form to add one. */
export function AccountsPage() {
  const m = useAccountMessages();
  const found = useInfiniteQuery(accountsQuery);
  const accounts = found.data?.pages.flatMap((page) => page.accounts);
  return (
    <Page title={m.title}>
      <p>{m.intro}</p>
      {!accounts && !found.error && <Waiting />}
      {accounts?.length === 0 && <Notice title={m.none}>{m.noneText}</Notice>}
      {accounts && (
        <ul className={forms.list}>
          {accounts.map((account) => (
            <AccountItem key={account.id} account={account} />
          ))}
        </ul>
      )}
      {found.error && !found.isFetchNextPageError && (
        <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />
      )}
      <More found={found} label={m.more} />
      {accounts && <AccountForm />}
    </Page>
  );
}

function AccountItem({ account: { id, name, kind, suspended, created_date } }: { account: Account }) {
  const { f } = useLanguage();
  const m = useAccountMessages();
  return (
    <li className={forms.item}>
      <h2>
        <Link to={`/agents/accounts/${id}`}>{name}</Link>
      </h2>
      <p className={forms.quiet}>
        {m.kinds[kind]} · {suspended ? m.suspended : m.active} · {m.since(f.date(created_date))}
      </p>
    </li>
  );
}
