import { Field } from "@base-ui/react/field";
import { Form } from "@base-ui/react/form";
import { useMutation } from "@tanstack/react-query";
import { useLocation, useNavigate } from "react-router";

import { accountOf } from "../api/access";
import { providerHere } from "../api/provider";
import { signInWith } from "../api/session";
import { takeDraftsAlong } from "../drafts/taking";
import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import { Page } from "../ui/Page";
import { problemText } from "../ui/problemText";
import { AsAnybody } from "./AsAnybody";
import { BySignInElsewhere } from "./BySignInElsewhere";
import { placeIn } from "./place";
import styles from "./SignInPage.module.css";

/** Signing in by the key of an account. */
export function SignInPage() {
  const { m } = useLanguage();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const location = useLocation();
  const trial = useMutation({
    mutationFn: accountOf,
    onSuccess: async (account, key) => {
      const back = placeIn(location.state);
      takeDraftsAlong(account, back);
      signInWith(key, account);
      announce(m.signIn.done);
      await navigate(back);
    },
  });
  return (
    <Page title={m.signIn.title}>
      {providerHere() && <BySignInElsewhere />}
      <p>{m.signIn.text}</p>
      <Form
        className={styles.form}
        errors={trial.error ? { key: problemText(trial.error, m) } : {}}
        onFormSubmit={({ key }) => {
          if (!trial.isPending) trial.mutate(String(key).trim());
        }}
      >
        <Field.Root name="key" className={styles.field} validate={(key) => (key ? null : m.signIn.keyMissing)}>
          <Field.Label>{m.signIn.key}</Field.Label>
          <Field.Control type="password" autoComplete="current-password" />
          <Field.Error />
        </Field.Root>
        <button type="submit" className="primary" aria-disabled={trial.isPending}>
          {m.signIn.submit}
        </button>
      </Form>
      <AsAnybody />
    </Page>
  );
}
