import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import forms from "../ui/forms.module.css";
import { Notice } from "../ui/Notice";
import { ProblemNotice } from "../ui/ProblemNotice";
import { Secret } from "../ui/Secret";
import { Waiting } from "../ui/Waiting";
import { KeyForm } from "./KeyForm";
import { KeyItem } from "./KeyItem";
import { useAccountMessages } from "./messages";
import { keysQuery } from "./queries";

/** The keys of an account; a new one is shown once. */
export function Keys({ id }: { id: string }) {
  const m = useAccountMessages();
  const queries = useQueryClient();
  const { data: keys, error, refetch } = useQuery(keysQuery(id));
  const [secret, setSecret] = useState<string | null>(null);
  const [told, setTold] = useState("");
  const changed = () => queries.invalidateQueries({ queryKey: ["accounts", id, "keys"] });
  if (!keys) return error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : <Waiting />;
  return (
    <section>
      <h2>{m.keys}</h2>
      <p role="status">{told}</p>
      {keys.length === 0 && <Notice title={m.noKeys}>{m.noKeysText}</Notice>}
      <ul className={forms.list}>
        {keys.map((key) => (
          <KeyItem
            key={key.id}
            account={id}
            apiKey={key}
            onRevoked={() => {
              setTold(m.revoked(key.name));
              void changed();
            }}
          />
        ))}
      </ul>
      {secret === null ? (
        <KeyForm
          id={id}
          onMade={({ key, name }) => {
            setTold(key === undefined ? m.lost(name) : "");
            setSecret(key ?? null);
            void changed();
          }}
        />
      ) : (
        <Secret
          title={m.newKey}
          text={m.newKeyText}
          secret={secret}
          copy={m.copy}
          copied={m.copied}
          done={m.done}
          onDone={() => {
            setSecret(null);
          }}
        />
      )}
    </section>
  );
}
