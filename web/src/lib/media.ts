/** Layout questions that change meaning, not only looks (a panel or a dialog): the same widths as the style sheet. */
import { useCallback, useMemo, useSyncExternalStore } from "react";

export const DESK = "(min-width: 721px)";
export const PEEK = "(min-width: 1001px)";
export const WIDE = "(min-width: 1201px)";
export const COARSE = "(pointer: coarse)";

export function useMedia(query: string): boolean {
  const list = useMemo(() => window.matchMedia(query), [query]);
  const subscribe = useCallback(
    (listener: () => void) => {
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    [list],
  );
  return useSyncExternalStore(subscribe, () => list.matches);
}
