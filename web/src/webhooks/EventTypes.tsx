import { Checkboxes } from "../ui/Checkboxes";
import forms from "../ui/forms.module.css";
import { useWebhookMessages } from "./messages";
import { TYPES } from "./queries";

interface Props {
  /** Those that are chosen. */
  value: string;
  onValueChange: (text: string) => void;
}

/** Of which events a webhook is told: of one type at least. */
export function EventTypes({ value, onValueChange }: Props) {
  const m = useWebhookMessages();
  return (
    <fieldset className={forms.choices}>
      <legend>{m.types}</legend>
      <Checkboxes options={TYPES} names={m.type} value={value} onValueChange={onValueChange} />
      {value === "" && (
        <p role="alert" className={forms.error}>
          {m.wrong.types}
        </p>
      )}
    </fieldset>
  );
}
