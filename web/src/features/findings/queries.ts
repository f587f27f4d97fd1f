/** What the findings pages ask the server. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { AssetDetail, Facets, Finding, FindingDetail, List, Member } from "@/api/types";

export const PAGE_SIZE = 100;
/** The server counts and pages to here; beyond it, a narrower filter is the way. */
export const MOST_ROWS = 10_000;

/** `asOf`: as it was at the end of that day. */
export type ListKey = { q: string; sort: string; asOf?: string };

export const findingPageQuery = ({ q, sort, asOf }: ListKey, page: number) =>
  queryOptions({
    queryKey: ["findings", "page", q, sort, asOf ?? "now", page],
    queryFn: ({ signal }) =>
      api.get<List<Finding>>("/findings", {
        query: { q, sort, as_of: asOf, limit: PAGE_SIZE, offset: page * PAGE_SIZE },
        signal,
      }),
    staleTime: 60_000,
    ...(page === 0 ? { placeholderData: keepPreviousData } : {}),
  });

export const facetsQuery = (q: string, asOf?: string) =>
  queryOptions({
    queryKey: ["findings", "facets", q, asOf ?? "now"],
    queryFn: ({ signal }) => api.get<Facets>("/findings/facets", { query: { q, as_of: asOf }, signal }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  });

export const findingQuery = (id: string) =>
  queryOptions({
    queryKey: ["findings", "detail", id],
    queryFn: ({ signal }) => api.get<FindingDetail>(`/findings/${id}`, { signal }),
    staleTime: 30_000,
  });

/** What the asset is known by, for the way into its repository. */
export const assetSourceQuery = (id: string) =>
  queryOptions({
    queryKey: ["assets", "one", id, "identifiers"],
    queryFn: async ({ signal }) => (await api.get<AssetDetail>(`/assets/${id}`, { signal })).identifiers,
    staleTime: 300_000,
    retry: false,
  });

export const peopleQuery = queryOptions({
  queryKey: ["people"],
  queryFn: ({ signal }) => api.get<List<Member>>("/users", { query: { limit: 200 }, signal }),
  staleTime: 300_000,
  retry: false,
});
