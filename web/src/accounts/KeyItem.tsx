import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { useLanguage } from "../i18n/context";
import type { Formats } from "../i18n/formats";
import forms from "../ui/forms.module.css";
import { Question } from "../ui/Question";
import { useScopeNames } from "../ui/scopes";
import { type AccountMessages, useAccountMessages } from "./messages";
import { type Key, revokeKey } from "./queries";

interface Props {
  account: string;
  apiKey: Key;
  onRevoked: () => void;
}

/** A key: what it may do, whether it is used, and how to revoke it. */
export function KeyItem({ account, apiKey: key, onRevoked }: Props) {
  const { f } = useLanguage();
  const m = useAccountMessages();
  const names = useScopeNames();
  const [isAsked, setAsked] = useState(false);
  const revoking = useMutation({
    mutationFn: () => revokeKey(account, key.id),
    onSuccess: () => {
      setAsked(false);
      onRevoked();
    },
  });
  return (
    <li className={forms.item}>
      <h3>{key.name}</h3>
      <p className={forms.quiet}>{factsOf(key, m, f).join(" · ")}</p>
      <p>{key.scopes.map((scope) => names[scope]).join(" · ")}</p>
      {key.revoked_date === undefined && (
        <div>
          <button
            type="button"
            aria-label={m.revokeOf(key.name)}
            onClick={() => {
              setAsked(true);
            }}
          >
            {m.revoke}
          </button>
        </div>
      )}
      {isAsked && (
        <Question
          title={m.revokeTitle(key.name)}
          yes={m.revokeYes}
          no={m.cancel}
          isBusy={revoking.isPending}
          error={revoking.error}
          onYes={() => {
            revoking.mutate();
          }}
          onNo={() => {
            setAsked(false);
          }}
        >
          {m.revokeText}
        </Question>
      )}
    </li>
  );
}

function factsOf(key: Key, m: AccountMessages, f: Formats): string[] {
  const { hint, last_used_date: used, expires_date: expires, revoked_date: revoked } = key;
  const facts = [m.begins(hint), used === undefined ? m.neverUsed : m.lastUsed(f.dateTime(used))];
  if (revoked !== undefined) return [...facts, m.revokedOn(f.dateTime(revoked))];
  if (expires === undefined) return facts;
  const isOver = Date.parse(expires) <= Date.now();
  return [...facts, (isOver ? m.expired : m.expiresOn)(f.dateTime(expires))];
}
