import { Form } from "@base-ui/react/form";
import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";

import { SCOPES } from "../api/access";
import type { Schemas } from "../api/client";
import { Problem } from "../api/problem";
import { Unsaved } from "../drafts/Unsaved";
import { useWork } from "../drafts/useWork";
import { chosenIn } from "../ui/chosen";
import { fieldErrors } from "../ui/fieldErrors";
import { FormProblem } from "../ui/FormProblem";
import forms from "../ui/forms.module.css";
import { TextField } from "../ui/TextField";
import { useAccountMessages } from "./messages";
import { createKey } from "./queries";
import { ALL, Rights } from "./Rights";

interface Props {
  id: string;
  onMade: (key: Schemas["NewAPIKey"]) => void;
}

const START = { values: { name: "", rights: ALL, expires_date: "" }, etag: "" };

/** Makes a key with all rights that the account may have, or with some of them. */
export function KeyForm({ id, onMade }: Props) {
  const m = useAccountMessages();
  const work = useWork(`key of ${id}`, START);
  const { name, rights, expires_date: day } = work.values;
  const making = useMutation({
    mutationFn: (body: Schemas["APIKeyWrite"]) => createKey(id, body),
    onSuccess: (made) => {
      if (made.key !== undefined) work.restart(); // who was not told it makes another one like it
      onMade(made);
    },
  });
  const errors = useMemo(() => fieldErrors(making.error, m.wrong), [making.error, m]);
  return (
    <>
      <h3>{m.addKey}</h3>
      <Unsaved work={work} />
      <Form
        className={forms.form}
        errors={errors}
        onFormSubmit={() => {
          if (making.isPending) return;
          making.mutate({
            name: name.trim(),
            ...(rights !== ALL && { scopes: chosenIn(SCOPES, rights) }),
            ...(day && { expires_date: endOf(day) }),
          });
        }}
      >
        <TextField
          {...work.field("name")}
          label={m.keyName}
          maxLength={255}
          mistakeIn={(text) => (text.trim() ? null : m.wrong.name)}
        />
        <Rights {...work.field("rights")} error={errors.scopes} />
        <TextField
          {...work.field("expires_date")}
          label={m.expires}
          hint={m.expiresHint}
          type="date"
          mistakeIn={(text) => (!text || Date.parse(endOf(text)) > Date.now() ? null : m.wrong.expires_date)}
        />
        {Object.keys(errors).length === 0 && (
          <FormProblem error={making.error} text={refusal(making.error, m.tooMany)} />
        )}
        <div>
          <button type="submit" className="primary" aria-disabled={making.isPending} disabled={rights === ""}>
            {m.addKey}
          </button>
        </div>
      </Form>
    </>
  );
}

/** The last moment of a day here. */
function endOf(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString();
}

function refusal(error: unknown, tooMany: string): string | undefined {
  return error instanceof Problem && error.kind === "too-many-api-keys" ? tooMany : undefined;
}
