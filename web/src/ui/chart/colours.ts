import { useEffect, useState } from "react";

import styles from "./colours.module.css";

const NAMES = ["text", "grid", "line", "surface", "cut", "rise", "absence"] as const;

/** The colours of the theme as a canvas takes them. */
export type Colours = Readonly<Record<(typeof NAMES)[number], string>>;

/** Computed by the browser, since only that knows what `light-dark()` is here and now; all in one go, which takes it once. */
export function coloursIn(element: HTMLElement): Colours {
  const probes = NAMES.map((name) => {
    const probe = document.createElement("span");
    probe.className = styles[name] ?? "";
    return [name, probe] as const;
  });
  element.append(...probes.map(([, probe]) => probe));
  const colours = probes.map(([name, probe]) => [name, getComputedStyle(probe).color]);
  for (const [, probe] of probes) probe.remove();
  return Object.fromEntries(colours) as Colours;
}

/** A number that changes whenever the colours may have. */
export function useColourChanges(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const tell = () => {
      setChanges((before) => before + 1);
    };
    const device = matchMedia("(prefers-color-scheme: dark)");
    const chosen = new MutationObserver(tell);
    chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    device.addEventListener("change", tell);
    return () => {
      chosen.disconnect();
      device.removeEventListener("change", tell);
    };
  }, []);
  return changes;
}
