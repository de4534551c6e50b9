import { Problem } from "../api/problem";

/** What is wrong with fields of a form, in its own words; a field is known by the last part of its JSON Pointer. */
export function fieldErrors(error: unknown, words: Readonly<Record<string, string>>): Record<string, string> {
  const found: Record<string, string> = {};
  if (!(error instanceof Problem)) return found;
  for (const pointer of Object.keys(error.fields)) {
    const name = pointer.split("/")[1] ?? "";
    const said = words[name];
    if (said !== undefined) found[name] = said;
  }
  return found;
}
