import { ConfirmPrice } from "./ConfirmPrice";
import { Failure } from "./Failure";
import { asksToConfirm } from "./problems";
import type { Saving } from "./useSaving";

interface Props<Input> {
  saving: Saving<Input>;
  /** What stands beside fields, and is not said a second time. */
  errors: Record<string, string>;
}

/** Why something was not saved, and how to save it nevertheless: to be tried again, or to be confirmed. */
export function Refusal<Input extends object>({ saving: { error, sent, save, reset }, errors }: Props<Input>) {
  if (!error || sent === undefined) return null;
  if (asksToConfirm(error)) {
    return (
      <ConfirmPrice
        question={error}
        onYes={() => {
          save({ ...sent, isConfirmed: true });
        }}
        onNo={reset}
      />
    );
  }
  if (Object.keys(errors).length > 0) return null;
  return (
    <Failure
      error={error}
      isKept
      onRetry={() => {
        save(sent);
      }}
    />
  );
}
