import { useWork } from "../drafts/useWork";
import { useLanguage } from "../i18n/context";
import { ConflictPanel } from "./ConflictPanel";
import { Editor } from "./Editor";
import { valuesOf } from "./fields";
import { HomePage } from "./HomePage";
import { useWritingMessages } from "./messages";
import { isConflict } from "./problems";
import type { Loaded } from "./queries";
import { WithdrawSection } from "./WithdrawSection";
import { replaceListing } from "./writes";

/** All that is said of a home, to be changed. */
export function EditPage() {
  const m = useWritingMessages();
  return (
    <HomePage title={m.editTitle} titleOf={m.editOf} scope="listings:write">
      {(id, loaded) => (
        <>
          <EditForm id={id} loaded={loaded} />
          <WithdrawSection id={id} loaded={loaded} />
        </>
      )}
    </HomePage>
  );
}

function EditForm({ id, loaded: { listing, etag } }: { id: string; loaded: Loaded }) {
  const { language } = useLanguage();
  const m = useWritingMessages();
  const work = useWork(id, { values: valuesOf(listing, language), etag });
  return (
    <Editor
      work={work}
      priceNow={listing.latest_price_eur}
      submit={m.save}
      savedText={m.saved}
      send={({ listing: written, etag: seen, isConfirmed }) => replaceListing({ id, etag: seen, isConfirmed }, written)}
      onMore={(saved, sent) => {
        work.restart({ values: sent, etag: saved.etag }, work.values);
      }}
      instead={(error, save, reset) =>
        isConflict(error) ? <ConflictPanel id={id} work={work} onSave={save} onDone={reset} /> : null
      }
    />
  );
}
