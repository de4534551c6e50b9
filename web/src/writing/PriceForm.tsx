import { useWork } from "../drafts/useWork";
import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import { priceIn } from "../ui/numbers";
import { changeText, priceChange } from "./change";
import { Choice } from "./Choice";
import { FormField } from "./FormField";
import { useWritingMessages } from "./messages";
import { inAWeek, momentMistake, momentOf } from "./moments";
import { PriceField } from "./PriceField";
import { isConflict } from "./problems";
import type { Loaded } from "./queries";
import { usePriceErrors } from "./usePriceErrors";
import { useSaving } from "./useSaving";
import { WorkForm } from "./WorkForm";
import { changePrice } from "./writes";
import styles from "./Writing.module.css";

interface Input {
  values: typeof NOTHING;
  price_eur: number;
  /** As RFC 3339 has it; null for at once. */
  date: string | null;
  etag: string;
  begunOn: string;
  isConfirmed: boolean;
  /** The price in euros that was seen when this was sent. */
  seen: number;
}

const NOW = "";
const LATER = "later";
const NOTHING = { price: "", when: NOW, date: "" };

/** A new price of a home, that holds at once or from a date on. */
export function PriceForm({ id, loaded: { listing, etag } }: { id: string; loaded: Loaded }) {
  const m = useWritingMessages();
  const announce = useAnnounce();
  const now = listing.latest_price_eur;
  const work = useWork(`${id} price`, { values: NOTHING, etag });
  const { price, when, date } = work.values;
  const isLater = when === LATER;
  const saving = useSaving(send(id), (outcome, { values }) => {
    work.restartAfter(values);
    announce(m.price[outcome]);
  });
  const { error, sent } = saving;
  const errors = usePriceErrors(error, { pointer: "/effective_date", name: "date", text: m.scheduled.past });
  return (
    <WorkForm
      work={work}
      saving={saving}
      errors={errors}
      submit={isLater ? m.price.saveLater : m.price.saveNow}
      instead={isConflict(error) && sent ? <Overtaken seen={sent.seen} now={now} /> : undefined}
      onSubmit={() => {
        const from = isLater ? momentOf(date) : null;
        const price_eur = priceIn(price) ?? now;
        const begunOn = work.basis.etag;
        saving.save({ values: work.values, price_eur, date: from, etag, begunOn, isConfirmed: false, seen: now });
      }}
    >
      <PriceField {...work.field("price")} label={m.price.label} from={now} />
      <Choice
        name="when"
        legend={m.price.when}
        options={[
          [NOW, m.price.now],
          [LATER, m.price.later],
        ]}
        value={isLater ? LATER : NOW}
        onValue={(chosen) => {
          work.change({ when: chosen, date: chosen === LATER ? inAWeek(new Date()) : "" });
        }}
      />
      {isLater && (
        <FormField
          {...work.field("date")}
          label={m.price.date}
          mistakeIn={momentMistake}
          render={<input type="datetime-local" />}
        />
      )}
    </WorkForm>
  );
}

function send(id: string) {
  return ({ price_eur, date, etag, begunOn, isConfirmed }: Input) =>
    changePrice({ id, etag, begunOn, isConfirmed }, { price_eur, ...(date !== null && { effective_date: date }) });
}

/** Somebody else was faster: what they have made of the price, which is all that matters here. */
function Overtaken({ seen, now }: { seen: number; now: number }) {
  const { f } = useLanguage();
  const m = useWritingMessages();
  const change = priceChange(seen, now);
  return (
    <div role="alert" className={styles.failure}>
      <p>{change ? m.conflict.price(changeText(change, m, f)) : m.conflict.other}</p>
      <p>{m.conflict.again}</p>
    </div>
  );
}
