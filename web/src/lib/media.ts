/** Layout questions that change meaning, not only looks (a panel or a dialog): the same widths as the style sheet. */
import { useSyncExternalStore } from "react";

export const DESK = "(min-width: 721px)";
export const PEEK = "(min-width: 1001px)";
export const WIDE = "(min-width: 1201px)";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => window.matchMedia(query).matches,
  );
}
