import { Link, useLocation } from "react-router";

import { useLanguage } from "../i18n/context";

/** Leads to the page where one signs in, and from there back to here. */
export function SignInLink() {
  const { m } = useLanguage();
  const { pathname, search } = useLocation();
  return (
    <Link to="/sign-in" state={{ from: pathname + search }}>
      {m.app.signIn}
    </Link>
  );
}
