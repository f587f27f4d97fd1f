/** What the readiness page asks: the same report as `hauberk readiness`, its history, and what people say of rows. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { PastReadiness, Readiness } from "@/api/types";

export const readinessQuery = queryOptions({
  queryKey: ["readiness"],
  queryFn: ({ signal }) => api.get<Readiness>("/readiness", { signal }),
  staleTime: 60_000,
  retry: false,
});

export const historyQuery = queryOptions({
  queryKey: ["readiness", "reports"],
  queryFn: ({ signal }) =>
    api.get<{ items: PastReadiness[] }>("/readiness/reports", { query: { limit: 20 }, signal }),
  staleTime: 60_000,
  retry: false,
});

/** What others publish about vulnerabilities; `lost`: what findings show of it is out of date. */
export type Feed = {
  name: string;
  title: string;
  says: string;
  state: "current" | "lost" | "not_loaded" | "off";
  source: "address" | "file" | "manual" | "off";
  place: string | null;
  entry_count: number;
  published_at: string | null;
  synced_at: string | null;
  changed_at: string | null;
  loss: string | null;
  failure: string | null;
};

export const feedsQuery = queryOptions({
  queryKey: ["feeds"],
  queryFn: ({ signal }) => api.get<{ feeds: Feed[] }>("/feeds", { signal }),
  staleTime: 60_000,
  retry: false,
});

/** Looks at all rows now; the server keeps the report. */
export function useCheckAgain() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => api.post<Readiness>("/readiness/reports"),
    onSuccess: (report) => {
      queryClient.setQueryData(readinessQuery.queryKey, report);
      void queryClient.invalidateQueries({ queryKey: historyQuery.queryKey });
    },
  });
}

export type Waiver = { reason: string; owner: string; until: string };
export type Assignment = { owner: string | null; due_on: string | null };

/** `useRow("SEC-3")`: what can be said of one row. */
export function useRow(id: string, onDone: () => void) {
  const queryClient = useQueryClient();
  const onSuccess = async () => {
    await queryClient.invalidateQueries({ queryKey: readinessQuery.queryKey, exact: true });
    onDone();
  };
  return {
    waive: useMutation({
      mutationFn: (waiver: Waiver) => api.put<void>(`/readiness/rows/${id}/waiver`, waiver),
      onSuccess,
    }),
    withdraw: useMutation({ mutationFn: () => api.delete(`/readiness/rows/${id}/waiver`), onSuccess }),
    assign: useMutation({
      mutationFn: (assignment: Assignment) => api.put<void>(`/readiness/rows/${id}/assignment`, assignment),
      onSuccess,
    }),
  };
}
