import { useState } from "preact/hooks";
import { Icon, type IconName } from "../parts/icon.tsx";
import { readTheme, type Theme, themes, wearTheme } from "./theme.ts";

const faces: Readonly<Record<Theme, { readonly icon: IconName; readonly label: string }>> = {
  system: { icon: "system", label: "Colours of the system" },
  light: { icon: "sun", label: "Light" },
  dark: { icon: "moon", label: "Dark" },
};

/** Light, dark, or as the system has it. */
export function ThemeToggle() {
  const [worn, setWorn] = useState(readTheme);
  const wear = (theme: Theme): void => {
    wearTheme(theme);
    setWorn(theme);
  };
  return (
    <div class="segments small" role="group" aria-label="Colours">
      {themes.map((theme) => (
        <button
          key={theme}
          type="button"
          aria-pressed={worn === theme}
          aria-label={faces[theme].label}
          title={faces[theme].label}
          onClick={() => wear(theme)}
        >
          <Icon name={faces[theme].icon} />
        </button>
      ))}
    </div>
  );
}
