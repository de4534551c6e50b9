import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import forms from "../ui/forms.module.css";
import { InPlace } from "../ui/InPlace";
import { Notice } from "../ui/Notice";
import { ProblemNotice } from "../ui/ProblemNotice";
import { Secret } from "../ui/Secret";
import { type Message, Told } from "../ui/Told";
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
  const [wasTold, setWasTold] = useState(false);
  const [done, setDone] = useState<Message | null>(null);
  const changed = () => queries.invalidateQueries({ queryKey: ["accounts", id, "keys"] });
  if (!keys) return error ? <ProblemNotice error={error} onRetry={() => void refetch()} /> : <Waiting />;
  return (
    <section>
      <h2>{m.keys}</h2>
      <Told message={done} />
      {keys.length === 0 && <Notice title={m.noKeys}>{m.noKeysText}</Notice>}
      <ul className={forms.list}>
        {keys.map((key) => (
          <KeyItem
            key={key.id}
            account={id}
            apiKey={key}
            onRevoked={() => {
              setDone({ text: m.revoked(key.name) });
              void changed();
            }}
          />
        ))}
      </ul>
      {secret === null ? (
        <InPlace label={m.addKey} takesFocus={wasTold}>
          <KeyForm
            id={id}
            onMade={({ key, name }) => {
              setDone(key === undefined ? { text: m.lost(name) } : null);
              setSecret(key ?? null);
              void changed();
            }}
          />
        </InPlace>
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
            setWasTold(true);
          }}
        />
      )}
    </section>
  );
}
