import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

import { useLanguage } from "../i18n/context";
import styles from "./Filters.module.css";
import { fold, forgive, hasRoom, isFine, show, written } from "./form";
import {
  BUILDING_TYPES,
  crossedIn,
  filtersIn,
  LIMITS,
  LONGEST_TEXT,
  type NumberName,
  parametersOf,
  type Search,
  searchIn,
  SORTS,
} from "./search";

interface Props {
  search: Search;
  onSearch: (search: Search) => void;
  onClear: () => void;
}

/** What may be looked for. It holds no state: what was typed is in the form, what is looked for in the address. */
export function Filters({ search, onSearch, onClear }: Props) {
  const { m } = useLanguage();
  const shown = useRef<HTMLFormElement>(null);
  const count = filtersIn(search);
  const crossed = crossedIn(search);
  const address = parametersOf(search).toString();
  // the form stays when the address changes, and so does the focus
  useLayoutEffect(() => {
    if (shown.current) show(shown.current, new URLSearchParams(address));
  }, [address]);
  const look = (form: HTMLFormElement) => {
    if (!isFine(form, m.listings.endsBefore)) return false;
    const wanted = searchIn(written(form));
    show(form, parametersOf(wanted));
    onSearch(wanted);
    return true;
  };
  return (
    <div className={styles.filters}>
      <form
        ref={shown}
        role="search"
        aria-label={m.listings.filters}
        onInput={({ currentTarget }) => {
          forgive(currentTarget);
        }}
        onSubmit={(event) => {
          event.preventDefault();
          if (look(event.currentTarget)) fold(event.currentTarget);
        }}
      >
        <Field label={m.listings.sort}>
          {(id) => (
            <select
              id={id}
              name="sort"
              onChange={({ target }) => {
                if (target.form) look(target.form);
              }}
            >
              {SORTS.map((sort) => (
                <option key={sort} value={sort}>
                  {m.listings.sorts[sort]}
                </option>
              ))}
            </select>
          )}
        </Field>
        <details className={styles.details} open={hasRoom() || crossed.length > 0}>
          <summary>
            {m.listings.filters}
            {count > 0 && ` (${count})`}
          </summary>
          <Fields crossed={crossed} />
          <button type="submit" className="primary">
            {m.listings.apply}
          </button>
          {count > 0 && (
            <button type="button" onClick={onClear}>
              {m.listings.clear}
            </button>
          )}
        </details>
      </form>
    </div>
  );
}

function Fields({ crossed }: Pick<RangeProps, "crossed">) {
  const { m } = useLanguage();
  return (
    <>
      <Field label={m.listings.search}>
        {(id) => (
          <input id={id} type="search" name="text" maxLength={LONGEST_TEXT} placeholder={m.listings.searchHint} />
        )}
      </Field>
      <Field label={m.listings.city}>{(id) => <input id={id} name="city" autoComplete="address-level2" />}</Field>
      <Field label={m.listings.type}>
        {(id) => (
          <select id={id} name="building_type">
            <option value="">{m.listings.anyType}</option>
            {BUILDING_TYPES.map((type) => (
              <option key={type} value={type}>
                {m.listings.types[type]}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Range legend={m.listings.price} names={["min_price_eur", "max_price_eur"]} crossed={crossed} />
      <Range legend={m.listings.surface} names={["min_surface_area_m2", "max_surface_area_m2"]} crossed={crossed} />
      <Range legend={m.listings.rooms} names={["min_rooms", "max_rooms"]} crossed={crossed} />
      <label className={styles.check}>
        <input type="checkbox" name="reduced" value="true" />
        {m.listings.reduced}
      </label>
    </>
  );
}

function Field({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

interface RangeProps {
  legend: string;
  names: [NumberName, NumberName];
  /** The ends of those ranges that nothing can be in. */
  crossed: readonly NumberName[];
}

function Range({ legend, names, crossed }: RangeProps) {
  const { m } = useLanguage();
  const wrong = useId();
  const isCrossed = crossed.includes(names[1]);
  const words = [m.listings.from, m.listings.to];
  return (
    <fieldset className={styles.range}>
      <legend>{legend}</legend>
      {names.map((name, place) => (
        <input
          key={name}
          name={name}
          type="number"
          inputMode="numeric"
          min={LIMITS[name].min}
          max={LIMITS[name].max}
          step={LIMITS[name].step}
          aria-label={`${legend} ${words[place] ?? ""}`}
          placeholder={words[place]}
          {...(isCrossed && { "aria-invalid": true, "aria-describedby": wrong })}
        />
      ))}
      {isCrossed && (
        <p id={wrong} className={styles.wrong}>
          {m.listings.endsBefore}
        </p>
      )}
    </fieldset>
  );
}
