import { useMutation } from "@tanstack/react-query";

import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import { problemText } from "../ui/problemText";
import { csvOf, saveAs } from "./csv";
import { usePriceMessages } from "./messages";

/** Keeps the prices as a file. It is asked for by the app, which has the credentials, and not by a link. */
export function Download({ id }: { id: string }) {
  const { m: common } = useLanguage();
  const m = usePriceMessages();
  const announce = useAnnounce();
  const download = useMutation({
    mutationFn: () => csvOf(id),
    onSuccess: (text) => {
      saveAs(`prices-${id}.csv`, text);
      announce(m.csvThere);
    },
  });
  return (
    <p>
      <button
        type="button"
        aria-disabled={download.isPending}
        onClick={() => {
          if (!download.isPending) download.mutate();
        }}
      >
        {download.isPending ? m.csvComing : m.csv}
      </button>
      {download.isError && <span role="alert"> {problemText(download.error, common)}</span>}
    </p>
  );
}
