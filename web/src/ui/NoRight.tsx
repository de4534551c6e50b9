import { useIsSignedIn } from "../api/session";
import { useLanguage } from "../i18n/context";
import { Notice } from "./Notice";
import { SignInLink } from "./SignInLink";

/** Stands in place of what whoever is here may not do; `text` says why, if it is not for want of a right. */
export function NoRight({ text }: { text?: string | undefined }) {
  const { m } = useLanguage();
  const isSignedIn = useIsSignedIn();
  return (
    <Notice role="alert" title={m.problems.noRight} action={isSignedIn ? null : <SignInLink />}>
      {isSignedIn ? (text ?? m.problems.notAllowed) : m.problems.signInFirst}
    </Notice>
  );
}
