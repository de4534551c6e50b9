import { Form } from "@base-ui/react/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import { Problem } from "../api/problem";
import { Unsaved } from "../drafts/Unsaved";
import { useWork } from "../drafts/useWork";
import { fieldErrors } from "../ui/fieldErrors";
import { FormProblem } from "../ui/FormProblem";
import forms from "../ui/forms.module.css";
import { TextField } from "../ui/TextField";
import { useAccountMessages } from "./messages";
import { createAccount, type Kind, KINDS } from "./queries";

const START = { values: { name: "", kind: "agency" satisfies Kind as string }, etag: "" };

/** Adds an account. */
export function AccountForm() {
  const m = useAccountMessages();
  const queries = useQueryClient();
  const work = useWork("account", START);
  const [added, setAdded] = useState(0); // a form that was sent begins anew
  const adding = useMutation({
    mutationFn: createAccount,
    onSuccess: async () => {
      work.restart();
      setAdded(added + 1);
      await queries.invalidateQueries({ queryKey: ["accounts"] });
    },
  });
  const errors = useErrors(adding.error);
  return (
    <section>
      <h2>{m.add}</h2>
      <Unsaved work={work} />
      <Form
        key={added}
        className={forms.form}
        errors={errors}
        onFormSubmit={() => {
          if (!adding.isPending) adding.mutate({ name: work.values.name.trim(), kind: work.values.kind as Kind });
        }}
      >
        <TextField
          {...work.field("name")}
          label={m.name}
          maxLength={255}
          mistakeIn={(text) => (text.trim() ? null : m.wrong.name)}
        />
        <TextField {...work.field("kind")} label={m.kind} hint={m.kindHint} render={<KindSelect />} />
        {Object.keys(errors).length === 0 && <FormProblem error={adding.error} />}
        <div>
          <button type="submit" className="primary" aria-disabled={adding.isPending}>
            {m.create}
          </button>
        </div>
      </Form>
      <p role="status">{adding.data && m.created(adding.data.name)}</p>
    </section>
  );
}

function KindSelect(select: object) {
  const m = useAccountMessages();
  return (
    <select {...select}>
      {KINDS.map((kind) => (
        <option key={kind} value={kind}>
          {m.kinds[kind]}
        </option>
      ))}
    </select>
  );
}

function useErrors(error: unknown): Record<string, string> {
  const m = useAccountMessages();
  const isTaken = error instanceof Problem && error.kind === "account-name-taken";
  return useMemo(() => (isTaken ? { name: m.wrong.nameTaken } : fieldErrors(error, m.wrong)), [isTaken, error, m]);
}
