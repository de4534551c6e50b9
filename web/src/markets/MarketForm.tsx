import { Field } from "@base-ui/react/field";
import { Form } from "@base-ui/react/form";
import { useMemo } from "react";
import { useNavigate } from "react-router";

import { useLanguage } from "../i18n/context";
import { countriesIn } from "../ui/countries";
import { type Market, marketPath } from "../ui/marketPath";
import styles from "./Market.module.css";
import { useMarketMessages } from "./messages";

export const BUILDING_TYPES = ["APARTMENT", "HOUSE", "STUDIO"] as const;

/** Chooses a market, which is then in the address. */
export function MarketForm({ market }: { market: Partial<Market> }) {
  const { m: all, language, f } = useLanguage();
  const m = useMarketMessages();
  const navigate = useNavigate();
  const countries = useMemo(() => countriesIn(language, f.country), [language, f]);
  return (
    <Form<Market>
      className={styles.form}
      aria-label={m.choose}
      onFormSubmit={({ country, city, building_type }) => {
        void navigate(marketPath({ country, city: city.trim(), building_type }));
      }}
    >
      <Field.Root name="country" className={styles.field}>
        <Field.Label>{m.country}</Field.Label>
        <Field.Control
          defaultValue={market.country ?? "FR"}
          render={
            <select autoComplete="country">
              {countries.map(({ code, name }) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </select>
          }
        />
      </Field.Root>
      <Field.Root
        name="city"
        className={styles.field}
        validate={(city) => (String(city).trim() ? null : m.cityMissing)}
      >
        <Field.Label>{m.city}</Field.Label>
        <Field.Control defaultValue={market.city ?? ""} autoComplete="address-level2" maxLength={255} />
        <Field.Description className={styles.quiet}>{m.cityHint}</Field.Description>
        <Field.Error className={styles.error} />
      </Field.Root>
      <Field.Root name="building_type" className={styles.field}>
        <Field.Label>{m.type}</Field.Label>
        <Field.Control
          defaultValue={market.building_type ?? "APARTMENT"}
          render={
            <select>
              {BUILDING_TYPES.map((type) => (
                <option key={type} value={type}>
                  {all.listings.types[type]}
                </option>
              ))}
            </select>
          }
        />
      </Field.Root>
      <button type="submit" className="primary">
        {m.show}
      </button>
    </Form>
  );
}
