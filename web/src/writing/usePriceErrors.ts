import { useMemo } from "react";

import { Problem } from "../api/problem";
import { useObjectionText } from "../ui/objections";
import { useWritingMessages } from "./messages";
import { priceError } from "./problems";

/** A field beside the price: where it is in what is sent, its name in the form, and what is said if it is wrong. */
interface Other {
  pointer: string;
  name: string;
  text: string;
}

/** What the API has against the field `price` and against another one; the same object until that changes. */
export function usePriceErrors(error: unknown, other?: Other): Record<string, string> {
  const m = useWritingMessages();
  const price = priceError(error, m, useObjectionText());
  const isOther = other !== undefined && error instanceof Problem && other.pointer in error.fields;
  const [name, text] = isOther ? [other.name, other.text] : ["", ""];
  return useMemo(() => ({ ...(price && { price }), ...(name && { [name]: text }) }), [price, name, text]);
}
