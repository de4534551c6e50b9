import { useWork } from "../drafts/useWork";
import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import { priceIn } from "../ui/numbers";
import { Choice } from "./Choice";
import { missing } from "./fields";
import { FormField } from "./FormField";
import { useWritingMessages } from "./messages";
import { PriceField } from "./PriceField";
import type { Loaded, PriceEntry } from "./queries";
import { usePriceErrors } from "./usePriceErrors";
import { useSaving } from "./useSaving";
import { WorkForm } from "./WorkForm";
import { correctPrice } from "./writes";

interface Props {
  id: string;
  loaded: Loaded;
  /** Newest first. */
  entries: readonly PriceEntry[];
  /** The version of the entry that is chosen at first. */
  chosen: string;
}

interface Input {
  values: Record<"version" | "what" | "price" | "reason", string>;
  version: number;
  /** In euros; null for nothing at all. */
  price: number | null;
  reason: string;
  etag: string;
  begunOn: string;
}

const ANOTHER = "";
const VOID = "void";

/** Which entry is wrong, what is right, and why. */
export function CorrectForm({ id, loaded: { etag }, entries, chosen }: Props) {
  const m = useWritingMessages();
  const announce = useAnnounce();
  const start = { values: { version: chosen, what: ANOTHER, price: "", reason: "" }, etag };
  const work = useWork(`${id} correction`, start);
  const { version, what, price, reason } = work.values;
  const isVoid = what === VOID;
  const saving = useSaving(send(id), (_, { values }) => {
    work.restartAfter(values, { ...start, values: { ...start.values, version: values.version } });
    announce(m.correct.done);
  });
  const errors = usePriceErrors(saving.error, { pointer: "/reason", name: "reason", text: m.correct.reasonWrong });
  return (
    <WorkForm
      work={work}
      saving={saving}
      errors={errors}
      submit={m.correct.save}
      onSubmit={() => {
        const right = isVoid ? null : priceIn(price);
        saving.save({
          values: work.values,
          version: Number(version),
          price: right,
          reason: reason.trim(),
          etag,
          begunOn: work.basis.etag,
        });
      }}
    >
      <FormField
        {...work.field("version")}
        label={m.correct.entry}
        mistakeIn={missing}
        render={<EntrySelect entries={entries} />}
      />
      <Choice
        name="right"
        legend={m.correct.what}
        options={[
          [ANOTHER, m.correct.price],
          [VOID, m.correct.void],
        ]}
        value={isVoid ? VOID : ANOTHER}
        onValue={work.field("what").onValueChange}
      />
      {!isVoid && <PriceField {...work.field("price")} label={m.correct.right} from={saidOf(version, entries)} />}
      <FormField
        {...work.field("reason")}
        label={m.correct.reason}
        mistakeIn={missing}
        render={<textarea rows={3} />}
        isWide
      />
    </WorkForm>
  );
}

function send(id: string) {
  return ({ version, price, reason, etag, begunOn }: Input) =>
    correctPrice({ id, etag, begunOn }, version, {
      ...(price === null ? { void: true } : { price_eur: price }),
      reason,
    });
}

function EntrySelect({ entries, ...select }: { entries: readonly PriceEntry[] }) {
  const { f } = useLanguage();
  const { choose, correct: m } = useWritingMessages();
  return (
    <select {...select}>
      <option value="">{choose}</option>
      {entries.map((entry) => (
        <option key={entry.version} value={entry.version}>
          {m.at(entry.voided ? m.voided : f.euros(saidIn(entry)), f.dateTime(entry.created_date))}
        </option>
      ))}
    </select>
  );
}

/** What an entry says, with its corrections. */
function saidIn(entry: PriceEntry): number {
  return entry.corrected_price_eur ?? entry.price_eur;
}

/** The same of the entry that has a version; null if none has. */
function saidOf(version: string, entries: readonly PriceEntry[]): number | null {
  const found = entries.find((entry) => String(entry.version) === version);
  return found ? saidIn(found) : null;
}
