import { useObjections } from "./objections";

/** What a pricing rule has against a price; in the words of the API, which are English, where there are no others. */
export function Objection({ detail }: { detail: string }) {
  const text = useObjections()(detail);
  return text ?? <span lang="en">{detail}</span>;
}
