import { useWork } from "../drafts/useWork";
import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import { numberText, priceIn } from "../ui/numbers";
import { useWritingMessages } from "./messages";
import { PriceField } from "./PriceField";
import type { Loaded } from "./queries";
import { usePriceErrors } from "./usePriceErrors";
import { useSaving } from "./useSaving";
import { WorkForm } from "./WorkForm";
import { relistListing } from "./writes";
import styles from "./Writing.module.css";

interface Input {
  values: { price: string };
  price: number;
  etag: string;
  isConfirmed: boolean;
}

/** Brings a home that was withdrawn back to the market, at the price that it had or at another one. */
export function RelistForm({ id, loaded: { listing, etag } }: { id: string; loaded: Loaded }) {
  const { language, f } = useLanguage();
  const m = useWritingMessages();
  const announce = useAnnounce();
  const last = listing.latest_price_eur;
  const work = useWork(`${id} relist`, { values: { price: numberText(last, language) }, etag });
  const saving = useSaving(
    ({ price, etag: seen, isConfirmed }: Input) =>
      relistListing({ id, etag: seen, isConfirmed }, price === last ? {} : { latest_price_eur: price }),
    (_, { values }) => {
      work.restartAfter(values);
      announce(m.relist.done);
    },
  );
  const errors = usePriceErrors(saving.error);
  return (
    <section className={styles.section} aria-labelledby="relist">
      <h2 id="relist">{m.relist.title}</h2>
      <p>{m.relist.text(listing.name, listing.postal_address.city, f.euros(last))}</p>
      <WorkForm
        work={work}
        saving={saving}
        errors={errors}
        submit={m.relist.action}
        onSubmit={() => {
          saving.save({ values: work.values, price: priceIn(work.values.price) ?? last, etag, isConfirmed: false });
        }}
      >
        <PriceField {...work.field("price")} label={m.relist.price} from={last} />
      </WorkForm>
    </section>
  );
}
