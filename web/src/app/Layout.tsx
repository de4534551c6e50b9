import { Link, NavLink, Outlet, ScrollRestoration, useLocation, useNavigation } from "react-router";

import { signOut, useIsSignedIn, useSignedInAccount } from "../api/session";
import { unlessLost } from "../drafts/leaving";
import { useLanguage } from "../i18n/context";
import { useAnnounce } from "../ui/announcing";
import styles from "./Layout.module.css";
import { Settings } from "./Settings";
import { SignInEnded } from "./SignInEnded";
import { useFocusOnNewPage } from "./useFocusOnNewPage";

/** What is around every page; where it is no more than drawn, only its links are of use. */
export function Layout({ isDrawnOnly = false }: { isDrawnOnly?: boolean }) {
  const { m } = useLanguage();
  const isLoading = useNavigation().state === "loading";
  useFocusOnNewPage();
  return (
    <>
      <a className={styles.skip} href="#content">
        {m.app.skip}
      </a>
      <header className={styles.header}>
        <Link to="/" className={styles.name}>
          {m.app.name}
        </Link>
        <nav aria-label={m.app.navigation} className={styles.navigation}>
          <NavLink to="/" end>
            {m.app.homes}
          </NavLink>
          <NavLink to="/markets">{m.app.markets}</NavLink>
          <NavLink to="/agents">{m.app.agents}</NavLink>
          <a href="/docs">{m.app.apiDocs}</a>
          <SignInOrOut />
        </nav>
        <Settings isDrawnOnly={isDrawnOnly} />
        {isLoading && <div className={styles.progress} role="progressbar" aria-label={m.app.loading} />}
      </header>
      <SignInEnded />
      <main id="content" className={styles.main} tabIndex={-1}>
        {/* nothing of what one has written or was told stays for the next one who signs in */}
        <Outlet key={useSignedInAccount()} />
      </main>
      <ScrollRestoration />
    </>
  );
}

function SignInOrOut() {
  const { m } = useLanguage();
  const announce = useAnnounce();
  const { pathname, search } = useLocation();
  const isSignedIn = useIsSignedIn();
  if (!isSignedIn) {
    return (
      <NavLink to="/sign-in" state={{ from: pathname + search }}>
        {m.app.signIn}
      </NavLink>
    );
  }
  return (
    <button
      type="button"
      className="link"
      onClick={() => {
        unlessLost(() => {
          void signOut();
          announce(m.signIn.anonymous);
        });
      }}
    >
      {m.app.signOut}
    </button>
  );
}
