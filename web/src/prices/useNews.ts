import { useEffect, useEffectEvent, useRef } from "react";

import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import { usePriceMessages } from "./messages";
import type { Happening } from "./story";
import { newsText } from "./words";

/** Says, when it is quiet, what has changed in a history while one looks, and that it can't be followed, or can be again. */
export function useNews(story: readonly Happening[], isFollowed: boolean): void {
  const { f } = useLanguage();
  const m = usePriceMessages();
  const announce = useAnnounce();
  const known = useRef(story);
  const wasFollowed = useRef(isFollowed);

  const tell = useEffectEvent((before: readonly Happening[]) => {
    const news = newsText(before, story, { m, f });
    if (news) announce(news);
  });
  const tellContact = useEffectEvent(() => {
    announce(isFollowed ? m.back : m.lost);
  });

  useEffect(() => {
    const before = known.current;
    known.current = story;
    tell(before);
  }, [story]);
  useEffect(() => {
    if (wasFollowed.current !== isFollowed) tellContact();
    wasFollowed.current = isFollowed;
  }, [isFollowed]);
}
