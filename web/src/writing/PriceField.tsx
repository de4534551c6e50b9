import { priceMistake } from "./fields";
import { FormField } from "./FormField";
import { PricePreview } from "./PricePreview";

interface Props {
  name: string;
  label: string;
  value: string;
  onValueChange: (text: string) => void;
  /** The price in euros that it is held against, if there is one. */
  from: number | null;
}

/** A price that is to come in place of another one, and what that changes. */
export function PriceField({ from, ...field }: Props) {
  return (
    <FormField {...field} mistakeIn={priceMistake} inputMode="decimal">
      <PricePreview from={from} text={field.value} />
    </FormField>
  );
}
