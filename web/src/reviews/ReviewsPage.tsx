import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";

import forms from "../ui/forms.module.css";
import { More } from "../ui/More";
import { Notice } from "../ui/Notice";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/ProblemNotice";
import { type Message, Told } from "../ui/Told";
import { Waiting } from "../ui/Waiting";
import { useReviewMessages } from "./messages";
import { nameOf, reviewsQuery, type State, STATES } from "./queries";
import { ReviewItem } from "./ReviewItem";

/** The prices that rules have flagged; which of them stands in the address. */
export function ReviewsPage() {
  const m = useReviewMessages();
  const queries = useQueryClient();
  const [parameters, setParameters] = useSearchParams();
  const state = STATES.find((known) => known === parameters.get("state")) ?? "open";
  const [told, setTold] = useState<Message | null>(null);

  const settled = async (text: string) => {
    setTold({ text });
    // a price that is rejected is another one also where homes and histories are shown
    await Promise.all(["price-reviews", "listings"].map((name) => queries.invalidateQueries({ queryKey: [name] })));
  };
  return (
    <Page title={m.title}>
      <p>{m.intro}</p>
      <label>
        {m.state}{" "}
        <select
          value={state}
          onChange={({ target }) => {
            setTold(null);
            setParameters(target.value === "open" ? {} : { state: target.value });
          }}
        >
          {STATES.map((known) => (
            <option key={known} value={known}>
              {m.states[known]}
            </option>
          ))}
        </select>
      </label>
      <Told message={told} />
      <Reviews key={state} state={state} onSettled={(text) => void settled(text)} />
    </Page>
  );
}

function Reviews({ state, onSettled }: { state: State; onSettled: (told: string) => void }) {
  const m = useReviewMessages();
  const found = useInfiniteQuery(reviewsQuery(state));
  if (!found.data) {
    return found.error ? <ProblemNotice error={found.error} onRetry={() => void found.refetch()} /> : <Waiting />;
  }
  const reviews = found.data.pages.flatMap((page) => page.reviews);
  if (reviews.length === 0) {
    return <Notice title={state === "open" ? m.emptyTitle : m.noneTitle}>{m.emptyText}</Notice>;
  }
  return (
    <>
      <ul className={forms.list}>
        {reviews.map((review) => (
          <li key={nameOf(review)}>
            <ReviewItem review={review} onSettled={onSettled} />
          </li>
        ))}
      </ul>
      {found.error && !found.isFetchNextPageError && (
        <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />
      )}
      <More found={found} label={m.more} />
    </>
  );
}
