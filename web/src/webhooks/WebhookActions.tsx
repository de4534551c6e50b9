import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useNavigate } from "react-router";

import { useAnnounce } from "../ui/announcing";
import { FormProblem } from "../ui/FormProblem";
import forms from "../ui/forms.module.css";
import { Question } from "../ui/Question";
import { WebhookSecret } from "./Facts";
import { useWebhookMessages } from "./messages";
import { deleteWebhook, rotateSecret, setState, type Webhook } from "./queries";

/** Pauses and resumes a webhook, makes another secret, or deletes it. */
export function WebhookActions({ id, webhook }: { id: string; webhook: Webhook }) {
  const m = useWebhookMessages();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [asked, setAsked] = useState<"rotate" | "remove" | null>(null);
  const [made, setMade] = useState<{ secret: string | undefined } | null>(null);
  const rotate = useRef<HTMLButtonElement>(null);
  const reload = () => queries.invalidateQueries({ queryKey: ["webhooks"] });
  const switching = useMutation({
    mutationFn: (state: "active" | "paused") => setState(id, state),
    onSuccess: async ({ state }) => {
      announce(state === "active" ? m.resumed : m.paused);
      await reload();
    },
  });
  const rotating = useMutation({
    mutationFn: () => rotateSecret(id),
    onSuccess: async ({ secret }) => {
      setAsked(null);
      setMade({ secret });
      await reload();
    },
  });
  const removing = useMutation({
    mutationFn: () => deleteWebhook(id),
    onSuccess: async () => {
      announce(m.removed);
      await navigate("/agents/webhooks");
      await reload();
    },
  });
  const task = asked === "rotate" ? rotating : removing;
  const isActive = webhook.state === "active";
  return (
    <>
      <FormProblem error={switching.error} />
      <div className={forms.actions}>
        <button
          type="button"
          aria-disabled={switching.isPending}
          onClick={() => {
            if (!switching.isPending) switching.mutate(isActive ? "paused" : "active");
          }}
        >
          {isActive ? m.pause : m.resume}
        </button>
        {(["rotate", "remove"] as const).map((action) => (
          <button
            key={action}
            ref={action === "rotate" ? rotate : undefined}
            type="button"
            onClick={() => {
              setAsked(action);
            }}
          >
            {m[action]}
          </button>
        ))}
      </div>
      {made && (
        <WebhookSecret
          secret={made.secret}
          onDone={() => {
            setMade(null);
            rotate.current?.focus(); // what has the focus vanishes
          }}
        />
      )}
      {asked && (
        <Question
          title={m[`${asked}Title`]}
          yes={m[`${asked}Yes`]}
          no={m.cancel}
          isBusy={task.isPending}
          error={task.error}
          onYes={() => {
            task.mutate();
          }}
          onNo={() => {
            setAsked(null);
          }}
        >
          {m[`${asked}Text`]}
        </Question>
      )}
    </>
  );
}
