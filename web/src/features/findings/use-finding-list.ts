/** The rows of a filtered list by position: pages are fetched as they come into view, old rows stay while new ones load. */
import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import type { Finding } from "@/api/types";
import { findingPageQuery, type ListKey, MOST_ROWS, PAGE_SIZE } from "./queries";

export type FindingList = {
  total: number;
  isExact: boolean;
  /** A list that could not be read has no number: none is not 0. */
  isCounted: boolean;
  rowCount: number;
  at: (index: number) => Finding | undefined;
  /** The row of a finding, of those that are here; else -1. */
  rowOf: (id: string) => number;
  show: (first: number, last: number) => void;
  /** Whatever of these rows is not here yet is fetched; by position, as `at`. */
  load: (first: number, last: number) => Promise<(index: number) => Finding | undefined>;
  loaded: Finding[];
  isLoading: boolean;
  isRefreshing: boolean;
  error: Error | null;
  refresh: () => void;
};

const atIn = (pages: Map<number, Finding[]>) => (index: number) =>
  pages.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE];

export function useFindingList(key: ListKey): FindingList {
  const [range, setRange] = useState<[number, number]>([0, 0]);
  const first = useQuery(findingPageQuery(key, 0));
  const total = first.data?.total ?? 0;
  const lastPage = Math.max(0, Math.ceil(Math.min(total, MOST_ROWS) / PAGE_SIZE) - 1);
  const from = Math.max(1, Math.min(range[0], lastPage + 1));
  const until = Math.min(range[1], lastPage);
  const wanted = Array.from({ length: Math.max(0, until - from + 1) }, (_, index) => from + index);
  const rest = useQueries({ queries: wanted.map((page) => findingPageQuery(key, page)) });
  const pages = useMemo(() => {
    const found = new Map<number, Finding[]>();
    if (first.data) found.set(0, first.data.items);
    rest.forEach((result, index) => {
      if (result.data) found.set(wanted[index] ?? 0, result.data.items);
    });
    return found;
  }, [first.data, rest, wanted]);
  const show = useCallback((firstRow: number, lastRow: number) => {
    const next: [number, number] = [Math.floor(firstRow / PAGE_SIZE), Math.floor(lastRow / PAGE_SIZE)];
    setRange((now) => (now[0] === next[0] && now[1] === next[1] ? now : next));
  }, []);
  const client = useQueryClient();
  const load = async (firstRow: number, lastRow: number) => {
    const found = new Map<number, Finding[]>();
    for (let page = Math.floor(firstRow / PAGE_SIZE); page <= Math.floor(lastRow / PAGE_SIZE); page += 1) {
      const { items } = await client.fetchQuery({
        ...findingPageQuery(key, page),
        staleTime: Number.POSITIVE_INFINITY,
      });
      found.set(page, items);
    }
    return atIn(found);
  };
  return {
    total,
    isExact: first.data?.total_is_exact ?? true,
    isCounted: first.data !== undefined,
    rowCount: Math.min(total, MOST_ROWS),
    at: atIn(pages),
    rowOf: (id) => {
      for (const [page, items] of pages) {
        const at = items.findIndex((finding) => finding.id === id);
        if (at >= 0) return page * PAGE_SIZE + at;
      }
      return -1;
    },
    show,
    load,
    loaded: [...pages.values()].flat(),
    isLoading: first.isPending,
    isRefreshing: first.isFetching,
    error: first.error ?? rest.find((result) => result.error)?.error ?? null,
    refresh: () => {
      void first.refetch();
      for (const result of rest) void result.refetch();
    },
  };
}
