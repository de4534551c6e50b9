import { useLanguage } from "../i18n/context";
import { isLanguage, LANGUAGES } from "../i18n/languages";
import styles from "./Layout.module.css";
import { THEMES, useTheme } from "./theme";

/** The language and the colours of the app. */
export function Settings({ isDrawnOnly }: { isDrawnOnly: boolean }) {
  const { m, language, speak } = useLanguage();
  const [theme, setTheme] = useTheme();
  return (
    <div className={styles.settings} inert={isDrawnOnly}>
      <select
        aria-label={m.app.language}
        value={language}
        onChange={({ target }) => {
          if (isLanguage(target.value)) void speak(target.value);
        }}
      >
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} lang={code}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={m.app.theme}
        value={theme}
        onChange={({ target }) => {
          setTheme(THEMES.find((known) => known === target.value) ?? "system");
        }}
      >
        {THEMES.map((known) => (
          <option key={known} value={known}>
            {m.app.themes[known]}
          </option>
        ))}
      </select>
    </div>
  );
}
