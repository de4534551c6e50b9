import { useEffect, useRef, useState } from "react";

import styles from "./forms.module.css";

interface Props {
  title: string;
  /** That nobody is told it again. */
  text: string;
  secret: string;
  copy: string;
  copied: string;
  done: string;
  onDone: () => void;
}

/** Shows what is told once: it is there until somebody says that they have it. */
export function Secret({ title, text, secret, copy, copied, done, onDone }: Props) {
  const [isCopied, setCopied] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef<HTMLElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  const take = async () => {
    if (shown.current) getSelection()?.selectAllChildren(shown.current); // where a page may not copy, a person can
    await navigator.clipboard.writeText(secret);
    setCopied(true);
  };
  return (
    <section className={styles.item} aria-label={title}>
      <h2 ref={heading} tabIndex={-1}>
        {title}
      </h2>
      <p>{text}</p>
      <code ref={shown} className={styles.secret}>
        {secret}
      </code>
      <div className={styles.actions}>
        <button type="button" className="primary" onClick={() => void take().catch(() => undefined)}>
          {copy}
        </button>
        <button type="button" onClick={onDone}>
          {done}
        </button>
        <span role="status">{isCopied ? copied : ""}</span>
      </div>
    </section>
  );
}
