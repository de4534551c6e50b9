import { type ReactNode, useEffect } from "react";

import { useLanguage } from "../i18n/context";

/** What every page has: its title, in the tab and as its heading, which is focused when one comes to the page. */
export function Page({ title, children }: { title: string; children: ReactNode }) {
  const { m } = useLanguage();
  useEffect(() => {
    document.title = `${title} · ${m.app.name}`;
  }, [title, m]);
  return (
    <>
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </>
  );
}
