import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";

import { type Access, accessQuery, type Scope } from "../api/access";
import { useIsSignedIn } from "../api/session";
import { useLanguage } from "../i18n/context";
import forms from "../ui/forms.module.css";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/ProblemNotice";
import { Waiting } from "../ui/Waiting";
import { useAccountMessages } from "./messages";

type Place = "write" | "reviews" | "webhooks" | "accounts";

/** What is where, and of which rights one is needed for it. */
const PLACES: [Place, string, Scope[]][] = [
  ["write", "/new", ["listings:write"]],
  ["reviews", "/agents/reviews", ["prices:write", "prices:correct"]],
  ["webhooks", "/agents/webhooks", ["webhooks:write"]],
  ["accounts", "/agents/accounts", ["accounts:admin"]],
];

/** Leads to what those do who write, as far as they may. */
export function AgentsPage() {
  const { hub } = useAccountMessages();
  const { data: access, error, refetch } = useQuery(accessQuery());
  return (
    <Page title={hub.title}>
      {!access && !error && <Waiting />}
      {!access && error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {access && <Places scopes={access.scopes} />}
    </Page>
  );
}

function Places({ scopes }: { scopes: Access["scopes"] }) {
  const { m } = useLanguage();
  const { hub } = useAccountMessages();
  const isSignedIn = useIsSignedIn();
  const places = PLACES.filter(([, , needed]) => needed.some((scope) => scopes.includes(scope)));
  return (
    <>
      <p>{places.length > 0 ? hub.intro : hub.nothing}</p>
      <ul className={forms.list}>
        {places.map(([name, path]) => (
          <li key={name} className={forms.item}>
            <h2>
              <Link to={path}>{hub[name][0]}</Link>
            </h2>
            <p>{hub[name][1]}</p>
          </li>
        ))}
      </ul>
      {!isSignedIn && (
        <p>
          <Link to="/sign-in" state={{ from: "/agents" }}>
            {m.app.signIn}
          </Link>
        </p>
      )}
    </>
  );
}
