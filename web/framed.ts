import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { createServer, type Manifest, type Plugin } from "vite";

/** The pages that the server puts something into; what is named beside each is loaded with it. */
const PAGES = {
  plain: { parts: [], texts: [] },
  listings: { parts: ["src/listings/ListingsPage.tsx"], texts: [] },
  listing: { parts: ["src/prices/PricesPage.tsx"], texts: ["src/prices/messages"] },
  market: { parts: ["src/markets/MarketPage.tsx"], texts: ["src/markets/messages"] },
};
const TEXTS_OF_ALL = "src/i18n";

interface Needed {
  scripts: string[];
  styles: string[];
}

/** All files that a page in a language needs, those that they need among them. */
function neededBy({ parts, texts }: { parts: string[]; texts: string[] }, language: string, built: Manifest): Needed {
  const scripts = new Set<string>();
  const styles = new Set<string>();
  const add = (name: string) => {
    const chunk = built[name];
    if (!chunk || scripts.has(chunk.file)) return;
    scripts.add(chunk.file);
    chunk.css?.forEach((file) => styles.add(file));
    chunk.imports?.forEach(add);
  };
  [...parts, ...[TEXTS_OF_ALL, ...texts].map((folder) => `${folder}/${language}.ts`)].forEach(add);
  return { scripts: [...scripts].map((file) => `/${file}`), styles: [...styles].map((file) => `/${file}`) };
}

/** Writes frames.json: what of each page is sent before any script has run, and the files that it needs. */
export function framed(): Plugin {
  return {
    name: "framed",
    apply: "build",
    async writeBundle({ dir = "dist" }) {
      const built = JSON.parse(readFileSync(join(dir, ".vite", "manifest.json"), "utf-8")) as Manifest;
      const frames = Object.entries(await drawn()).map(([language, texts]) => {
        const needed = Object.entries(PAGES).map(([page, of]) => [page, neededBy(of, language, built)]);
        return [language, { ...texts, needed: Object.fromEntries(needed) as Record<string, Needed> }];
      });
      writeFileSync(join(dir, "frames.json"), JSON.stringify(Object.fromEntries(frames)));
    },
  };
}

async function drawn(): Promise<Record<string, object>> {
  const nothing = { getItem: () => null };
  const browser = { location: { origin: "" }, localStorage: nothing, sessionStorage: nothing };
  Object.assign(globalThis, browser, { matchMedia: () => ({ matches: false }) });
  const server = await createServer({
    server: { middlewareMode: true, ws: false, watch: null },
    appType: "custom",
    optimizeDeps: { noDiscovery: true },
    logLevel: "error",
  });
  try {
    const { frames } = (await server.ssrLoadModule("/src/frames.tsx")) as typeof import("./src/frames");
    return await frames();
  } finally {
    await server.close();
  }
}
