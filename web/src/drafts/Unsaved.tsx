import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import type { Texts } from "./drafts";
import { LeaveGuard } from "./LeaveGuard";
import { useDraftMessages } from "./messages";
import styles from "./Unsaved.module.css";
import type { Work } from "./useWork";

/** Says that unsaved work was put back, takes it away if it is not wanted, and asks before one leaves it. */
export function Unsaved<T extends Texts>({ work }: { work: Work<T> }) {
  const { f } = useLanguage();
  const m = useDraftMessages();
  const announce = useAnnounce();
  return (
    <>
      <LeaveGuard when={work.isDirty} isKept={work.isKept} />
      {work.restoredDate !== null && (
        <div className={styles.restored}>
          <p role="status">{m.restored(f.dateTime(work.restoredDate))}</p>
          <button
            type="button"
            onClick={() => {
              work.restart();
              announce(m.discarded);
            }}
          >
            {m.discard}
          </button>
        </div>
      )}
    </>
  );
}
