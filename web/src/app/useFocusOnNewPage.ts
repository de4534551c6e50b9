import { useEffect, useRef } from "react";
import { useLocation } from "react-router";

/** Moves the focus to the heading of a page that one comes to, as it would be if the browser had loaded it. */
export function useFocusOnNewPage(): void {
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
  }, [pathname]);
}
