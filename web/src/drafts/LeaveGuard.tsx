import { useEffect, useState } from "react";
import { useBlocker } from "react-router";

import { Question } from "../ui/Question";
import { askBeforeLoss } from "./leaving";
import { useDraftMessages } from "./messages";

interface Props {
  when: boolean;
  /** Of all that is not saved; else it is lost also by whoever signs out. */
  isKept: boolean;
}

/** Asks before one leaves a page on which something is not saved; the browser does for itself. */
export function LeaveGuard({ when, isKept }: Props) {
  const m = useDraftMessages();
  const [goOn, setGoOn] = useState<(() => void) | null>(null);
  useEffect(() => {
    if (!when || isKept) return;
    return askBeforeLoss((then) => {
      setGoOn(() => then);
    });
  }, [when, isKept]);
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
  const stay = () => {
    blocker.reset?.();
    setGoOn(null);
  };
  const leave = blocker.proceed ?? goOn;
  if (!leave) return null;
  return (
    <Question title={m.leave.title} yes={m.leave.go} no={m.leave.stay} onYes={leave} onNo={stay}>
      {isKept ? m.leave.kept : m.leave.lost}
    </Question>
  );
}
