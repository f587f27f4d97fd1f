/** What a person chose on this device: theme, density, single keys. Kept in local storage, shared by every component. */
import { useSyncExternalStore } from "react";

export type Preferences = {
  theme: "system" | "light" | "dark";
  density: "comfortable" | "dense";
  singleKeys: "on" | "off";
};

const DEFAULTS: Preferences = { theme: "system", density: "comfortable", singleKeys: "on" };
const listeners = new Set<() => void>();
let current = load();

function load(): Preferences {
  const found: Record<string, string> = {};
  for (const key of Object.keys(DEFAULTS)) {
    try {
      const value = localStorage.getItem(`hauberk.${key}`);
      if (value !== null) found[key] = value;
    } catch {
      // Storage is refused: the defaults hold for this visit.
    }
  }
  return { ...DEFAULTS, ...found } as Preferences;
}

export function setPreference<Key extends keyof Preferences>(key: Key, value: Preferences[Key]): void {
  current = { ...current, [key]: value };
  try {
    localStorage.setItem(`hauberk.${key}`, value);
  } catch {
    // As above.
  }
  if (key === "theme") applyTheme();
  for (const listener of listeners) listener();
}

function applyTheme(): void {
  if (current.theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = current.theme;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

export function readPreferences(): Preferences {
  return current;
}
