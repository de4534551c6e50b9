/** What is kept of unsaved work. */
import { inBrowser } from "../api/storage";

export function kept(place: string): unknown {
  try {
    return JSON.parse(inBrowser.get(place) ?? "null");
  } catch {
    return null;
  }
}

export function keep(place: string, what: unknown): void {
  inBrowser.set(place, JSON.stringify(what));
}

export function forget(place: string): void {
  inBrowser.remove(place);
}
