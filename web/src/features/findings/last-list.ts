/** Where the person was in the list: coming back from a finding leads to the same filter and the same row. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useSession } from "@/api/session";
import type { FindingsState } from "./findings-page";

type Place = Pick<FindingsState, "q" | "sort" | "asOf"> & { at: number };

/** By what holds the answers too: as long as the page lives, and for nobody else. */
const places = new WeakMap<QueryClient, Place>();

/** The same through a reload, with whose it is: another person in this tab has been nowhere yet. */
const KEPT = "hauberk.last-list";

function keptBy(user: string): Place | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
    return kept?.user === user ? kept.place : undefined;
  } catch {
    return undefined;
  }
}

function useLast(): Place | undefined {
  const { user } = useSession();
  return places.get(useQueryClient()) ?? keptBy(user.id);
}

/** The row of this very list, else none. */
export function useLastRow({ q, sort, asOf }: FindingsState): number {
  const last = useLast();
  return last && last.q === q && last.sort === sort && last.asOf === asOf ? last.at : -1;
}

export function useRemembered({ q, sort, asOf, at }: Place): void {
  const queryClient = useQueryClient();
  const { user } = useSession();
  useEffect(() => {
    const place = { q, sort, asOf, at };
    places.set(queryClient, place);
    try {
      sessionStorage.setItem(KEPT, JSON.stringify({ user: user.id, place }));
    } catch {
      // A full or forbidden store: then only as long as the page lives.
    }
  }, [queryClient, user.id, q, sort, asOf, at]);
}

/** The list's address, as its route reads it. */
export function useLastSearch(): { q?: string; sort?: FindingsState["sort"]; as_of?: string } {
  const last = useLast();
  return last ? { q: last.q, sort: last.sort, as_of: last.asOf } : {};
}
