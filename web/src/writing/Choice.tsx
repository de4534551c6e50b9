import styles from "./Writing.module.css";

interface Props<Value extends string> {
  name: string;
  legend: string;
  /** What is said of each. */
  options: readonly (readonly [Value, string])[];
  value: Value;
  onValue: (value: Value) => void;
}

/** One of a few things. */
export function Choice<Value extends string>({ name, legend, options, value, onValue }: Props<Value>) {
  return (
    <fieldset className={styles.choice}>
      <legend>{legend}</legend>
      {options.map(([option, label]) => (
        <label key={option}>
          <input
            type="radio"
            name={name}
            checked={value === option}
            onChange={() => {
              onValue(option);
            }}
          />
          <span>{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
