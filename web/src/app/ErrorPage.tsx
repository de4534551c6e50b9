import { useRouteError } from "react-router";

import { useLanguage } from "../i18n/context";
import { ProblemNotice } from "../ui/ProblemNotice";

/** Stands where a page failed to load or to be drawn. Loading all anew also gets what a newer release has renamed. */
export function ErrorPage() {
  const { m } = useLanguage();
  const error = useRouteError();
  return (
    <>
      <h1 tabIndex={-1} className="visually-hidden">
        {m.problems.title}
      </h1>
      <ProblemNotice
        error={error}
        onRetry={() => {
          location.reload();
        }}
      />
    </>
  );
}
