/** What the server has put into the page, so that the app does not ask for it. */
import { apiKey } from "./session";

interface Served<T> {
  data: T;
  /** When it came, in milliseconds. */
  updatedAt: number;
}

/** Whether it can be used: it is for anybody, and the history of a browser may have an old one. */
export function isServed(): boolean {
  return apiKey() === null && visit()?.type !== "back_forward";
}

/** The data of a name; null where there is none. */
export function servedData<T>(name: string): Served<T> | null {
  const text = document.getElementById(name)?.textContent;
  if (!text) return null;
  return { data: JSON.parse(text) as T, updatedAt: performance.timeOrigin + (visit()?.responseStart ?? 0) };
}

function visit(): PerformanceNavigationTiming | undefined {
  return (performance.getEntriesByType("navigation") as PerformanceNavigationTiming[])[0];
}
