import { TextField, type TextFieldProps } from "../ui/TextField";
import type { Mistake } from "./fields";
import { useWritingMessages } from "./messages";

interface Props extends Omit<TextFieldProps, "mistakeIn"> {
  mistakeIn: (text: string) => Mistake | null;
}

/** A field whose mistakes have words here. */
export function FormField({ mistakeIn, ...field }: Props) {
  const m = useWritingMessages();
  return (
    <TextField
      {...field}
      mistakeIn={(text) => {
        const mistake = mistakeIn(text);
        return mistake && m.wrong[mistake];
      }}
    />
  );
}
