/** `system` follows the operating system. */
export type Theme = "system" | "light" | "dark";

export const themes: readonly Theme[] = ["system", "light", "dark"];
const place = "sallyport.theme";
const changed = new EventTarget();

/** The theme that was chosen in this browser. */
export function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(place);
    return themes.find((theme) => theme === kept) ?? "system";
  } catch {
    return "system"; // storage is blocked
  }
}

/** Wears `theme` from now on, and in this browser's next visits where it lets us remember. */
export function wearTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem(place, theme);
  } catch {
    // storage is blocked: this visit only
  }
  changed.dispatchEvent(new Event("change"));
}

/** Calls `listener` whenever colours change, by us or by the system. @returns What takes it off again. */
export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  changed.addEventListener("change", listener);
  system.addEventListener("change", listener);
  return () => {
    changed.removeEventListener("change", listener);
    system.removeEventListener("change", listener);
  };
}
