/** What the server sends of a page before any script of it has run: made when the app is built, of the app's own parts. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { ComponentType, ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { createMemoryRouter, RouterProvider } from "react-router";

import { Layout } from "./app/Layout";
import { type Spoken, SpokenContext } from "./i18n/context";
import { formatsOf } from "./i18n/formats";
import { type Language, LANGUAGES, messagesIn } from "./i18n/languages";
import { FramedCard, FramedListings, FramedRoom } from "./listings/Framed";
import { FramedPrices } from "./prices/Framed";
import { COUNTRIES } from "./ui/countries";

const WITHOUT_SCRIPTS: Record<Language, ReactNode> = {
  en: (
    <>
      This site needs JavaScript. The same data are at <a href="/listings">/listings</a>, and described at{" "}
      <a href="/docs">/docs</a>.
    </>
  ),
  fr: (
    <>
      Ce site a besoin de JavaScript. Les mêmes données se trouvent à l’adresse <a href="/listings">/listings</a> et
      sont décrites à l’adresse <a href="/docs">/docs</a>.
    </>
  ),
  de: (
    <>
      Diese Seite braucht JavaScript. Dieselben Daten gibt es unter <a href="/listings">/listings</a>; beschrieben sind
      sie unter <a href="/docs">/docs</a>.
    </>
  ),
  nl: (
    <>
      Deze site heeft JavaScript nodig. Dezelfde gegevens staan op <a href="/listings">/listings</a> en zijn beschreven
      op <a href="/docs">/docs</a>.
    </>
  ),
};

/** Texts of the pages in a language; the server puts in what stands in them as `{{name}}`. */
export interface Frames {
  plain: string;
  listings: string;
  card: string;
  room: string;
  listing: string;
  countries: Record<string, string>;
  heads: Record<string, Head>;
}

/** What search engines and link previews are told of a page. */
interface Head {
  title: string;
  description: string;
}

export async function frames(): Promise<Record<string, Frames>> {
  const languages = Object.keys(LANGUAGES) as Language[];
  const drawn = await Promise.all(languages.map(async (language) => [language, await framesIn(language)] as const));
  return Object.fromEntries(drawn);
}

async function framesIn(language: Language): Promise<Frames> {
  const f = formatsOf(language);
  const spoken: Spoken = {
    language,
    locale: language,
    m: await messagesIn(language),
    f,
    speak: () => Promise.resolve(),
  };
  return {
    plain: framed("/plain", () => null, spoken),
    listings: framed("/", FramedListings, spoken),
    card: inside("/", FramedCard, spoken),
    room: inside("/", FramedRoom, spoken),
    listing: framed("/0/prices", FramedPrices, spoken),
    countries: Object.fromEntries(COUNTRIES.map((code) => [code, f.country(code)])),
    heads: await headsOf(spoken),
  };
}

/** The heads of pages by their names; that of a market ends with its type. */
async function headsOf({ language, m }: Spoken): Promise<Record<string, Head>> {
  const module = (await import(`./markets/messages/${language}.ts`)) as typeof import("./markets/messages/en");
  const { messages: markets } = module;
  const titled = (title: string, description: string) => ({ title: `${title} · ${m.app.name}`, description });
  const description = `${m.listings.title}. ${m.listings.description}`;
  const types = Object.entries(markets.types).map(([type, name]) => [
    `market-${type}`,
    titled(markets.titleOf("{{city}}", name), markets.about(name, "{{city}}", "{{country}}")),
  ]);
  return {
    plain: { title: m.app.name, description },
    listings: titled(m.listings.title, description),
    markets: titled(markets.title, markets.intro),
    ...(Object.fromEntries(types) as Record<string, Head>),
  };
}

/** With what is around every page. It is busy as long as it is not the app. */
function framed(path: string, Page: ComponentType, spoken: Spoken): string {
  const html = inside(path, DrawnLayout, spoken, Page);
  const withoutScripts = renderToStaticMarkup(<noscript>{WITHOUT_SCRIPTS[spoken.language]}</noscript>);
  return `${withoutScripts}<div data-framed aria-busy="true">${html}</div>`;
}

function DrawnLayout() {
  return <Layout isDrawnOnly />;
}

function inside(path: string, Component: ComponentType, spoken: Spoken, Page: ComponentType = () => null): string {
  const router = createMemoryRouter([{ Component, children: [{ path: "*", Component: Page }] }], {
    initialEntries: [path],
  });
  return renderToStaticMarkup(
    <QueryClientProvider client={new QueryClient()}>
      <SpokenContext value={spoken}>
        <RouterProvider router={router} />
      </SpokenContext>
    </QueryClientProvider>,
  );
}
