import { useLanguage } from "../i18n/context";
import { priceIn } from "../ui/numbers";
import { changeText, priceChange } from "./change";
import { useWritingMessages } from "./messages";
import styles from "./Writing.module.css";

/** What a price that is being typed would be against the one before, if there is one; as it will be shown. */
export function PricePreview({ from, text }: { from: number | null; text: string }) {
  return (
    <p className={styles.preview} role="status">
      {usePreview(from, text)}
    </p>
  );
}

function usePreview(from: number | null, text: string): string {
  const { f } = useLanguage();
  const m = useWritingMessages();
  const to = priceIn(text);
  if (to === null) return "";
  if (from === null) return m.change.first(f.euros(to));
  const change = priceChange(from, to);
  return change ? changeText(change, m, f) : m.change.same;
}
