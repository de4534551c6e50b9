import { useEffect, useRef } from "react";

export interface Message {
  text: string;
}

/** Says what was just done, and takes the focus: what had that has vanished, or is about to. */
export function Told({ message }: { message: Message | null }) {
  const status = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (message) status.current?.focus();
  }, [message]);
  return (
    <p ref={status} role="status" tabIndex={-1}>
      {message?.text}
    </p>
  );
}
