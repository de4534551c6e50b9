import { Field } from "@base-ui/react/field";
import type { ComponentProps, ReactNode } from "react";

import styles from "./forms.module.css";

export interface TextFieldProps extends ComponentProps<typeof Field.Control> {
  name: string;
  label: string;
  hint?: string | undefined;
  /** What is wrong with a text before it is sent. */
  mistakeIn?: (text: string) => string | null;
  isWide?: boolean;
  /** What stands below. */
  children?: ReactNode;
}

/** A field with its label above it, and what is wrong with it below. */
export function TextField({ name, label, hint, mistakeIn, isWide = false, children, ...control }: TextFieldProps) {
  return (
    <Field.Root
      name={name}
      className={[styles.field, isWide && styles.wide].filter(Boolean).join(" ")}
      validate={(text) => mistakeIn?.(typeof text === "string" ? text : "") ?? null}
    >
      <Field.Label>{label}</Field.Label>
      <Field.Control autoComplete="off" {...control} />
      {hint && <Field.Description className={styles.hint}>{hint}</Field.Description>}
      <Field.Error className={styles.error} />
      {children}
    </Field.Root>
  );
}
