import { usePriceMessages } from "./messages";
import styles from "./HistoryChart.module.css";
import { directionOf, type Happening } from "./story";

const SIGNS = { first: "●", cut: "▼", rise: "▲", offMarket: "", planned: "┅" } as const;
type Sign = keyof typeof SIGNS;

/** What the shapes and colours of the chart mean: of those that are in it. */
export function Legend({ points }: { points: readonly Happening[] }) {
  const m = usePriceMessages();
  const there = new Set(points.map(signOf));
  const signs = (Object.keys(SIGNS) as Sign[]).filter((sign) => there.has(sign));
  return (
    <ul className={styles.legend} aria-label={m.legendLabel}>
      {signs.map((sign) => (
        <li key={sign}>
          <span className={styles[sign]} aria-hidden="true">
            {SIGNS[sign]}
          </span>
          {m.legend[sign]}
        </li>
      ))}
    </ul>
  );
}

function signOf(point: Happening): Sign | null {
  if (point.kind === "planned") return "planned";
  if (point.kind === "withdrawn") return "offMarket";
  const direction = directionOf(point);
  return direction === "none" ? null : direction;
}
