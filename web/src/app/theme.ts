/** Light or dark as the device has it, unless it was chosen; index.html puts the choice in before anything is painted. */
import { useState } from "react";

import { inBrowser } from "../api/storage";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const SETTING = "theme";

function themeHere(): Theme {
  const chosen = inBrowser.get(SETTING);
  return THEMES.find((theme) => theme === chosen) ?? "system";
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(themeHere);
  const choose = (chosen: Theme) => {
    if (chosen === "system") inBrowser.remove(SETTING);
    else inBrowser.set(SETTING, chosen);
    document.documentElement.dataset.theme = chosen === "system" ? "" : chosen;
    setTheme(chosen);
  };
  return [theme, choose];
}
