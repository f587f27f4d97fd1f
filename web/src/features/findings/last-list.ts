/** Where the person was in the list: coming back from a finding leads to the same filter and the same row. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { FindingsState } from "./findings-page";

type Place = Pick<FindingsState, "q" | "sort" | "asOf"> & { at: number };

/** By what holds the answers too: as long as the page lives, and for nobody else. */
const places = new WeakMap<QueryClient, Place>();

/** The row of this very list, else none. */
export function useLastRow({ q, sort, asOf }: FindingsState): number {
  const last = places.get(useQueryClient());
  return last && last.q === q && last.sort === sort && last.asOf === asOf ? last.at : -1;
}

export function useRemembered({ q, sort, asOf, at }: Place): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    places.set(queryClient, { q, sort, asOf, at });
  }, [queryClient, q, sort, asOf, at]);
}

/** The list's address, as its route reads it. */
export function useLastSearch(): { q?: string; sort?: FindingsState["sort"]; as_of?: string } {
  const last = places.get(useQueryClient());
  return last ? { q: last.q, sort: last.sort, as_of: last.asOf } : {};
}
