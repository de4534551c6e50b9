import { useState } from "react";

import { useRight } from "../api/access";
import { useWork } from "../drafts/useWork";
import { NoRight } from "../ui/NoRight";
import { Page } from "../ui/Page";
import { Editor } from "./Editor";
import { EMPTY } from "./fields";
import { GoTo } from "./GoTo";
import { useWritingMessages } from "./messages";
import { createListing } from "./writes";

const START = { values: EMPTY, etag: "" };

/** A new home. */
export function NewPage() {
  const m = useWritingMessages();
  const { isRefused } = useRight("listings:write");
  return <Page title={m.newTitle}>{isRefused ? <NoRight /> : <NewHome />}</Page>;
}

function NewHome() {
  const m = useWritingMessages();
  const work = useWork("new", START);
  const [next, setNext] = useState<string | null>(null);
  return (
    <>
      <p>{m.newText}</p>
      <Editor
        work={work}
        priceNow={null}
        submit={m.create}
        savedText={m.created}
        send={({ listing, isConfirmed }) => createListing({ isConfirmed }, listing)}
        onMore={({ id, etag }, sent) => {
          work.finishFor(String(id), { values: sent, etag });
          setNext(`/${id}/edit`);
        }}
      />
      <GoTo address={next} />
    </>
  );
}
