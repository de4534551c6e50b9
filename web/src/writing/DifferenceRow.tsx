import { useLanguage } from "../i18n/context";
import forms from "../ui/forms.module.css";
import type { Difference, Side } from "./conflict";
import { numberIn, priceIn } from "../ui/numbers";
import { BUILDING_TYPES, type FieldName } from "./fields";
import { useWritingMessages } from "./messages";
import styles from "./Writing.module.css";

interface Props {
  difference: Difference;
  chosen: Side | undefined;
  onChoose: (side: Side) => void;
}

/** A field that has two versions, of which one has to be chosen. */
export function DifferenceRow({ difference, chosen, onChoose }: Props) {
  const { field, before, changedBy } = difference;
  const m = useWritingMessages();
  const shown = useShown(field);
  return (
    <fieldset className={styles.difference}>
      <legend>{m.fields[field]}</legend>
      <p className={forms.hint}>
        {m.conflict.before(shown(before))}
        {changedBy === "both" && <strong> {m.conflict.both}</strong>}
      </p>
      {(["mine", "theirs"] as const).map((side) => (
        <label key={side}>
          <input
            type="radio"
            name={`choice-${field}`}
            required
            checked={chosen === side}
            onChange={() => {
              onChoose(side);
            }}
          />
          <span>
            <b>{m.conflict[side]}</b> {shown(difference[side])}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** How a value of a field is shown to those who read it. */
function useShown(field: FieldName): (value: string) => string {
  const { m: general, f } = useLanguage();
  const m = useWritingMessages();
  return (value) => {
    if (value === "") return m.conflict.nothing;
    const [price, number] = [priceIn(value), numberIn(value)];
    if (field === "latest_price_eur" && price !== null) return f.euros(price);
    if (field === "surface_area_m2" && number !== null) return f.m2(number);
    const type = field === "building_type" && BUILDING_TYPES.find((known) => known === value);
    if (type) return general.listings.types[type];
    return field === "country" ? f.country(value) : value;
  };
}
