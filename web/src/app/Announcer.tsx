import { type ReactNode, useState } from "react";

import { AnnounceContext } from "../ui/announcing";

/** The one live region of the app. What is said twice in a row is said twice: the same text anew is another node. */
export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState({ text: "", number: 0 });
  const [announce] = useState(() => (text: string) => {
    setSaid(({ number }) => ({ text, number: number + 1 }));
  });
  return (
    <AnnounceContext value={announce}>
      {children}
      <div role="status" className="visually-hidden">
        <span key={said.number}>{said.text}</span>
      </div>
    </AnnounceContext>
  );
}
