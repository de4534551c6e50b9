import { Link } from "react-router";

import { useRight } from "../api/access";
import { usePriceMessages } from "./messages";
import styles from "./PricesPage.module.css";

/** Leads whoever may to where the home is changed, its price, or what its history says. */
export function WriteLinks({ id }: { id: string }) {
  const { write } = usePriceMessages();
  const links = [
    { to: `/${id}/edit`, text: write.edit, right: useRight("listings:write", id) },
    { to: `/${id}/price`, text: write.price, right: useRight("prices:write", id) },
    { to: `/${id}/corrections`, text: write.correct, right: useRight("prices:correct", id) },
  ].filter(({ right }) => right.isGranted);
  if (links.length === 0) return null;
  return (
    <p className={styles.links}>
      {links.map(({ to, text }) => (
        <Link key={to} to={to}>
          {text}
        </Link>
      ))}
    </p>
  );
}

/** Leads to where a home that is off the market comes back to it, for whoever may write. */
export function RelistLink({ id }: { id: string }) {
  const { write } = usePriceMessages();
  const { isGranted } = useRight("listings:write", id);
  return isGranted ? <Link to={`/${id}/edit`}>{write.relist}</Link> : null;
}
