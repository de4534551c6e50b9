import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import { Failure } from "./Failure";
import { useWritingMessages } from "./messages";
import type { Loaded, Scheduled } from "./queries";
import { useSaving } from "./useSaving";
import { cancelPrice } from "./writes";
import styles from "./Writing.module.css";

interface Props {
  id: string;
  loaded: Loaded;
  scheduled: readonly Scheduled[];
}

/** What was scheduled and what became of it; what is still to come can be cancelled. */
export function ScheduledPrices({ id, loaded: { etag }, scheduled }: Props) {
  const { f } = useLanguage();
  const { scheduled: m } = useWritingMessages();
  const announce = useAnnounce();
  const saving = useSaving(
    (version: number) => cancelPrice({ id, etag }, version),
    () => {
      announce(m.cancelled);
    },
  );
  const { error, sent, save } = saving;
  return (
    <section className={styles.section} aria-labelledby="scheduled">
      <h2 id="scheduled">{m.title}</h2>
      {scheduled.length === 0 && <p>{m.none}</p>}
      {error && sent !== undefined && (
        <Failure
          error={error}
          onRetry={() => {
            save(sent);
          }}
        />
      )}
      {scheduled.length > 0 && (
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{m.from}</th>
              <th scope="col">{m.price}</th>
              <th scope="col">{m.state}</th>
            </tr>
          </thead>
          <tbody>
            {scheduled.map(({ version, effective_date, price_eur, state }) => (
              <tr key={version}>
                <td>{f.dateTime(effective_date)}</td>
                <td>{f.euros(price_eur)}</td>
                <td>
                  {m.states[state]}{" "}
                  {state === "pending" && (
                    <button
                      type="button"
                      aria-label={m.cancelOf(f.euros(price_eur), f.dateTime(effective_date))}
                      aria-disabled={saving.isPending}
                      onClick={() => {
                        if (!saving.isPending) save(version);
                      }}
                    >
                      {m.cancel}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
