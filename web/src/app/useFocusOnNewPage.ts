import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

import { useSignedInAccount } from "../api/session";

/** Moves the focus to the heading of a page that is new, or begins anew for somebody else, as if the browser had loaded it. */
export function useFocusOnNewPage(): void {
  const { pathname } = useLocation();
  const page = `${pathname} ${useSignedInAccount()}`;
  const before = useRef(page);
  useEffect(() => {
    if (before.current === page) return;
    before.current = page;
    const heading = document.querySelector<HTMLElement>("main h1") ?? document.querySelector("main");
    heading?.focus({ preventScroll: true });
  }, [page]);
}
