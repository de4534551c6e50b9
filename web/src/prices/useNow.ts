import { useEffect, useState } from "react";

const EVERY_MS = 60_000;

/** The time, each minute, and at least as late as something that is known. */
export function useNow(known: number): number {
  const [now, setNow] = useState(known);
  useEffect(() => {
    const clock = setInterval(() => {
      setNow(Date.now());
    }, EVERY_MS);
    return () => {
      clearInterval(clock);
    };
  }, []);
  return Math.max(now, known);
}
