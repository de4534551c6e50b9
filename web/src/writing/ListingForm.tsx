import { type ReactElement, type ReactNode, useMemo } from "react";

import { useLanguage } from "../i18n/context";
import { countriesIn } from "../ui/countries";
import { BUILDING_TYPES, type FieldName, mistakeIn, type Values } from "./fields";
import { FormField } from "./FormField";
import { useWritingMessages } from "./messages";
import { PricePreview } from "./PricePreview";
import type { FieldErrors } from "./problems";
import { SubmitForm } from "./SubmitForm";
import styles from "./Writing.module.css";

interface Props {
  values: Values;
  /** What the server has against them. */
  errors: FieldErrors<FieldName>;
  /** The price in euros that it has now, if it has one. */
  priceNow: number | null;
  submit: string;
  isPending: boolean;
  onValues: (values: Values) => void;
  onSubmit: () => void;
  children?: ReactNode;
}

const PARTS: Record<"home" | "place" | "contact", FieldName[]> = {
  home: ["name", "building_type", "latest_price_eur", "surface_area_m2", "rooms_count", "bedrooms_count"],
  place: ["street_address", "postal_code", "city", "country"],
  contact: ["contact_phone_number", "description"],
};
const WIDE: readonly FieldName[] = ["name", "street_address", "description"];
const INPUT_MODES: Partial<Record<FieldName, "decimal" | "numeric" | "tel">> = {
  latest_price_eur: "decimal",
  surface_area_m2: "decimal",
  rooms_count: "numeric",
  bedrooms_count: "numeric",
  contact_phone_number: "tel",
};

/** Everything that can be said of a home. */
export function ListingForm({ values, errors, priceNow, submit, isPending, onValues, onSubmit, children }: Props) {
  const m = useWritingMessages();
  const controls = useControls();
  return (
    <SubmitForm errors={errors} submit={submit} isPending={isPending} onSubmit={onSubmit}>
      {(Object.keys(PARTS) as (keyof typeof PARTS)[]).map((part) => (
        <fieldset key={part} className={styles.part}>
          <legend>{m.parts[part]}</legend>
          {PARTS[part].map((name) => (
            <FormField
              key={name}
              name={name}
              label={m.fields[name]}
              value={values[name]}
              mistakeIn={(text) => mistakeIn(name, text)}
              hint={name === "contact_phone_number" ? m.hints[name] : undefined}
              isWide={WIDE.includes(name)}
              {...(INPUT_MODES[name] && { inputMode: INPUT_MODES[name] })}
              {...(controls[name] && { render: controls[name] })}
              onValueChange={(value) => {
                onValues({ ...values, [name]: value });
              }}
            >
              {name === "latest_price_eur" && <PricePreview from={priceNow} text={values[name]} />}
            </FormField>
          ))}
        </fieldset>
      ))}
      {children}
    </SubmitForm>
  );
}

/** The fields that are no plain line of text. */
function useControls(): Partial<Record<FieldName, ReactElement>> {
  const { m: general, f, language } = useLanguage();
  const m = useWritingMessages();
  const countries = useMemo(() => countriesIn(language, f.country), [language, f]);
  const types = BUILDING_TYPES.map((type) => ({ code: type, name: general.listings.types[type] }));
  const select = (options: { code: string; name: string }[]) => (
    <select>
      <option value="">{m.choose}</option>
      {options.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </select>
  );
  return { building_type: select(types), country: select(countries), description: <textarea rows={6} /> };
}
