/**
 * What pricing rules have against a price, in the language of the page.
 *
 * The API says it in English sentences, also in what it has stored of old prices. `testing/objections.json` has one of
 * each kind, which tests hold the API and this to.
 */
import { useCallback } from "react";

import { useLanguage } from "../i18n/context";
import type { Formats } from "../i18n/formats";
import { type ObjectionMessages, useObjectionMessages } from "./objectionMessages";

const NUMBER = String.raw`(-?\d+(?:\.\d+)?)`;

type Say = (m: ObjectionMessages, f: Formats, figure: number, limit: number) => string;

const SENTENCES: [RegExp, Say][] = [
  [
    sentence(`The price rises from ${NUMBER} €, which is more than ${NUMBER} %.`),
    (m, f, figure, limit) => m.risesFrom(f.euros(figure), f.percent(limit)),
  ],
  [
    sentence(`The price changes by ${NUMBER} %, more than ${NUMBER} %.`),
    (m, f, figure, limit) => m.changesBy(f.percent(figure, { signed: true }), f.percent(limit)),
  ],
  [
    sentence(`A square metre costs ${NUMBER} €, less than ${NUMBER} €.`),
    (m, f, figure, limit) => m.costsLess(f.euros(figure), f.euros(limit)),
  ],
  [
    sentence(`A square metre costs ${NUMBER} €, more than ${NUMBER} €.`),
    (m, f, figure, limit) => m.costsMore(f.euros(figure), f.euros(limit)),
  ],
  [
    sentence(`The price changed ${NUMBER} s ago, less than ${NUMBER} s.`),
    (m, f, figure, limit) => m.changedAgo(f.duration(figure), f.duration(limit)),
  ],
];

function sentence(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/\.$/, "\\.")}$`);
}

function inWords(detail: string, m: ObjectionMessages, f: Formats): string | null {
  for (const [pattern, say] of SENTENCES) {
    const [, figure, limit] = pattern.exec(detail) ?? [];
    if (figure !== undefined && limit !== undefined) return say(m, f, Number(figure), Number(limit));
  }
  return null;
}

/** Says an objection in the language of the page; null for one that this does not know, of a newer API. */
export function useObjections(): (detail: string) => string | null {
  const { f } = useLanguage();
  const m = useObjectionMessages();
  return (detail) => inWords(detail, m, f);
}

/** The same of all that is said of a field, each of which is kept as it is where this does not know it. */
export function useObjectionText(): (details: string) => string {
  const { f } = useLanguage();
  const m = useObjectionMessages();
  return useCallback(
    (details) =>
      details
        .split("\n")
        .map((detail) => inWords(detail, m, f) ?? detail)
        .join(" "),
    [m, f],
  );
}
