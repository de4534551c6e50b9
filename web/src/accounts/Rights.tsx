import { SCOPES } from "../api/access";
import { Checkboxes } from "../ui/Checkboxes";
import forms from "../ui/forms.module.css";
import { useScopeNames } from "../ui/scopes";
import { useAccountMessages } from "./messages";

interface Props {
  name: string;
  /** `ALL`, or those that are chosen. */
  value: string;
  onValueChange: (text: string) => void;
  error: string | undefined;
}

/** All rights that an account may have. */
export const ALL = "all";

/** What a key may do: all that its account may, or some of it. */
export function Rights({ name, value, onValueChange, error }: Props) {
  const m = useAccountMessages();
  const names = useScopeNames();
  const isAll = value === ALL;
  return (
    <fieldset className={forms.choices}>
      <legend>{m.rights}</legend>
      {[true, false].map((all) => (
        <label key={String(all)}>
          <input
            type="radio"
            name={name}
            checked={all === isAll}
            onChange={() => {
              onValueChange(all ? ALL : "");
            }}
          />
          {all ? m.allRights : m.someRights}
        </label>
      ))}
      {!isAll && <Checkboxes options={SCOPES} names={names} value={value} onValueChange={onValueChange} />}
      {value === "" && (
        <p role="alert" className={forms.error}>
          {m.wrong.noRights}
        </p>
      )}
      {error !== undefined && (
        <p role="alert" className={forms.error}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
