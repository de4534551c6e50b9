import { Link } from "react-router";

import { useLanguage } from "../i18n/context";
import { Page } from "../ui/Page";

export function NotFoundPage() {
  const { m } = useLanguage();
  return (
    <Page title={m.notFound.title}>
      <p>{m.notFound.text}</p>
      <Link to="/">{m.app.backToHomes}</Link>
    </Page>
  );
}
