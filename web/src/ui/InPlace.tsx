import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  label: string;
  /** Whether what was here before had the focus. */
  takesFocus: boolean;
  children: ReactNode;
}

/** What takes the place of something else. */
export function InPlace({ label, takesFocus, children }: Props) {
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (takesFocus) group.current?.focus();
  }, [takesFocus]);
  return (
    <div ref={group} role="group" aria-label={label} tabIndex={-1}>
      {children}
    </div>
  );
}
