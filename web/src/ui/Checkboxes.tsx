import { chosenIn, switched } from "./chosen";

interface Props<Option extends string> {
  options: readonly Option[];
  names: Readonly<Record<Option, string>>;
  /** Those that are chosen, as one text. */
  value: string;
  onValueChange: (text: string) => void;
}

/** Any number of a few things. */
export function Checkboxes<Option extends string>({ options, names, value, onValueChange }: Props<Option>) {
  const chosen = chosenIn(options, value);
  return options.map((option) => (
    <label key={option}>
      <input
        type="checkbox"
        checked={chosen.includes(option)}
        onChange={() => {
          onValueChange(switched(options, value, option));
        }}
      />
      {names[option]}
    </label>
  ));
}
