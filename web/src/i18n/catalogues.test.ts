/// <reference types="vite/client" />
import { expect, test } from "vitest";

import { LANGUAGES } from "./languages";

const FILES = import.meta.glob<{ messages: object }>(["./{en,fr,de,nl}.ts", "../*/messages/*.ts"], { eager: true });
const CATALOGUES = [...new Set(Object.keys(FILES).map((file) => file.replace(/\/\w+\.ts$/, "")))];
const OTHERS = Object.keys(LANGUAGES).filter((language) => language !== "en");
const MARKS = [71, 72, 73];
/** What is written alike in English and in another language. */
const ALIKE = new Set([
  "71, 72 ms:",
  "API",
  "Accounts",
  "Corrections",
  "Date",
  "Description",
  "Filters",
  "ListingAPI",
  "Name",
  "Per m²",
  "Portal",
  "Ref. 71",
  "Studio",
  "Type",
  "Webhooks",
  "studios",
  "was: 71",
]);

/** Each message by its place: what is fixed stays a text, a function is the parameters that its text has in it. */
function outlineOf(messages: unknown, place = ""): Record<string, string> {
  if (typeof messages === "string") return { [place]: messages === "" ? "nothing" : "text" };
  if (typeof messages === "function") {
    const text = (messages as (...given: number[]) => string)(...MARKS);
    return { [place]: `with ${MARKS.filter((mark) => text.includes(String(mark))).join(", ")}` };
  }
  return Object.assign(
    {},
    ...Object.entries(messages as object).map(([name, message]) => outlineOf(message, `${place}/${name}`)),
  ) as Record<string, string>;
}

/** Each message by its place, with marks for its parameters. */
function textsOf(messages: unknown, place = ""): [string, string][] {
  if (typeof messages === "string") return [[place, messages]];
  if (typeof messages === "function") return [[place, (messages as (...given: number[]) => string)(...MARKS)]];
  return Object.entries(messages as object).flatMap(([name, message]) => textsOf(message, `${place}/${name}`));
}

const catalogue = (folder: string, language: string) => FILES[`${folder}/${language}.ts`]?.messages;

test("there are catalogues of pages beside that of all", () => {
  expect(CATALOGUES.length).toBeGreaterThan(5);
});

test.each(CATALOGUES.flatMap((folder) => OTHERS.map((language) => [folder, language] as const)))(
  "%s has in %s the messages of the English one, with the same parameters in them",
  (folder, language) => {
    expect(outlineOf(catalogue(folder, language))).toEqual(outlineOf(catalogue(folder, "en")));
  },
);

test.each(CATALOGUES.flatMap((folder) => OTHERS.map((language) => [folder, language] as const)))(
  "%s leaves nothing in English in %s by mistake",
  (folder, language) => {
    const english = new Map(textsOf(catalogue(folder, "en")));
    const own = textsOf(catalogue(folder, language)).filter(([, text]) => /\p{L}{2}/u.test(text) && !ALIKE.has(text));

    expect(own.filter(([place, text]) => english.get(place) === text)).toEqual([]);
  },
);
