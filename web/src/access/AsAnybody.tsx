import { useQuery } from "@tanstack/react-query";

import { accessQuery } from "../api/access";
import { useIsSignedIn } from "../api/session";
import { useScopeNames } from "../ui/scopes";
import { useAccessMessages } from "./messages";

/** What one may do here without signing in. */
export function AsAnybody() {
  const m = useAccessMessages();
  const names = useScopeNames();
  const isSignedIn = useIsSignedIn();
  const { data: access } = useQuery({ ...accessQuery(), enabled: !isSignedIn });
  if (isSignedIn || !access) return null;
  if (access.scopes.length === 0) return <p>{m.nothing}</p>;
  return (
    <>
      <p>{m.anybody}</p>
      <ul>
        {access.scopes.map((scope) => (
          <li key={scope}>{names[scope]}</li>
        ))}
      </ul>
    </>
  );
}
