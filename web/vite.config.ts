import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

import { framed } from "./framed";

const COMPRESSIBLE = /\.(js|css|svg|txt)$/;
/** What nearly every page needs; the languages are not in it, and no field, dialog or chart. */
const COMMON =
  /node_modules\/(react|react-dom|scheduler|react-router|@tanstack|openapi-fetch)\/|src\/(main|routes|app\/|api\/(?!identity)|i18n\/(?!(en|fr|de|nl)\.)|\w+\/(queries|messages)\.ts|ui\/(Page|Notice|ProblemNotice|problemText|announcing|breath|marketPath|Waiting))|vite\/(preload|modulepreload)/;
const API = process.env.LISTINGAPI_URL ?? "http://127.0.0.1:8080";

/** Writes each file that is sent as it is beside itself as .br and .gz, so that no server has to compress it. */
function precompressed(): Plugin {
  return {
    name: "precompressed",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      for (const name of readdirSync(dir, { recursive: true, encoding: "utf-8" }).filter((n) => COMPRESSIBLE.test(n))) {
        const file = join(dir, name);
        const content = readFileSync(file);
        writeFileSync(`${file}.gz`, gzipSync(content, { level: constants.Z_BEST_COMPRESSION }));
        writeFileSync(`${file}.br`, brotliCompressSync(content));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), precompressed(), framed()],
  build: {
    manifest: true,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // few files: what all pages share is one, and what is in two of them is no file by itself
          groups: [{ name: "app", test: COMMON, entriesAware: false }],
        },
      },
    },
    assetsInlineLimit: 0, // the policy of the pages takes nothing from data: addresses
    cssTarget: ["chrome123", "firefox120", "safari17.5"], // the first that know light-dark()
  },
  server: { proxy: { "^/(listings|events|price-reviews|accounts|webhooks)\\b": API, "^/markets/.*/statistics": API } },
  test: {
    environment: "jsdom",
    setupFiles: "src/testing/setup.ts",
    testTimeout: 30_000,
    restoreMocks: true,
    unstubGlobals: true,
    css: { modules: { classNameStrategy: "non-scoped" } },
  },
});
