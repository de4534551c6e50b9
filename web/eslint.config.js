import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

// A feature is a folder of pages: none knows another, and what they share knows no feature.
const FEATURES = ["access", "accounts", "listings", "markets", "prices", "reviews", "webhooks", "writing"];
const SHARED = ["api", "drafts", "i18n", "ui"];

function without(folders, group) {
  return { files: folders, rules: { "no-restricted-imports": ["error", { patterns: [{ group }] }] } };
}

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/schema.d.ts"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat["recommended-latest"],
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
  ...FEATURES.map((feature) =>
    without(
      [`src/${feature}/**`],
      FEATURES.filter((other) => other !== feature).map((other) => `**/${other}/**`),
    ),
  ),
  ...SHARED.map((folder) =>
    without(
      [`src/${folder}/**`],
      [...FEATURES, "app"].map((other) => `**/${other}/**`),
    ),
  ),
);
