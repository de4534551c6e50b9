import { useEffect } from "react";
import { useBlocker } from "react-router";

import { Question } from "../ui/Question";
import { useDraftMessages } from "./messages";

/** Asks before one leaves a page on which something is not saved; the browser does for itself. */
export function LeaveGuard({ when }: { when: boolean }) {
  const m = useDraftMessages();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => when && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!when) return;
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    addEventListener("beforeunload", ask);
    return () => {
      removeEventListener("beforeunload", ask);
    };
  }, [when]);
  if (blocker.state !== "blocked") return null;
  return (
    <Question title={m.leave.title} yes={m.leave.go} no={m.leave.stay} onYes={blocker.proceed} onNo={blocker.reset}>
      {m.leave.text}
    </Question>
  );
}
