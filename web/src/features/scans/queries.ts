/** What the scan pages ask the server. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { ChangeKind, Format, List, Scan, ScanChange, ScanState, UnfinishedUpload } from "@/api/types";

export type ScanFilter = { state?: ScanState; asset?: string; scanner?: string; page: number; size: number };

export const scansQuery = ({ state, asset, scanner, page, size }: ScanFilter) =>
  queryOptions({
    queryKey: ["scans", "list", state ?? "all", asset, scanner, page, size],
    queryFn: ({ signal }) =>
      api.get<List<Scan>>("/scans", {
        query: { state, asset, scanner, limit: size, offset: (page - 1) * size },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

/** The few that wait for a person or for their turn: asked for by state, so that an old held scan is not overlooked. */
export const pendingQuery = (state: ScanState) =>
  queryOptions({
    ...scansQuery({ state, page: 1, size: 20 }),
    queryKey: ["scans", "pending", state],
    refetchInterval: 10_000,
  });

export const scanQuery = (id: string) =>
  queryOptions({
    queryKey: ["scans", "one", id],
    queryFn: ({ signal }) => api.get<Scan>(`/scans/${id}`, { signal }),
  });

export const partsQuery = (id: string, page: number, size: number) =>
  queryOptions({
    queryKey: ["scans", "list", "part of", id, page, size],
    queryFn: ({ signal }) =>
      api.get<List<Scan>>("/scans", {
        query: { part_of: id, limit: size, offset: (page - 1) * size },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const changesQuery = (id: string, page: number, size: number, change?: ChangeKind) =>
  queryOptions({
    queryKey: ["scans", "changes", id, change ?? "all", page],
    queryFn: ({ signal }) =>
      api.get<List<ScanChange>>(`/scans/${id}/changes`, {
        query: { change, limit: size, offset: (page - 1) * size },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const formatsQuery = queryOptions({
  queryKey: ["formats"],
  queryFn: async ({ signal }): Promise<Format[]> => {
    const answer = await api.get<List<Format> | Format[]>("/formats", { query: { limit: 200 }, signal });
    return Array.isArray(answer) ? answer : answer.items;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** Large reports that were sent in part, from here or from another page that was closed since. */
export const unfinishedQuery = queryOptions({
  queryKey: ["uploads"],
  queryFn: ({ signal }) => api.get<List<UnfinishedUpload>>("/uploads", { query: { limit: 20 }, signal }),
});
