/** What the component pages ask the server. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { ComponentDetail, List, ListedComponent } from "@/api/types";
import { PAGE_SIZE } from "@/ui/pager";

export const SORTS = ["-severity", "-open_findings", "-asset_count", "name"] as const;
export type Sort = (typeof SORTS)[number];

export const componentsQuery = (q: string, sort: Sort, page: number) =>
  queryOptions({
    queryKey: ["components", "list", q, sort, page],
    queryFn: ({ signal }) =>
      api.get<List<ListedComponent>>("/components", {
        query: { q, sort, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const componentQuery = (id: string) =>
  queryOptions({
    queryKey: ["components", "one", id],
    queryFn: ({ signal }) => api.get<ComponentDetail>(`/components/${id}`, { signal }),
  });
