/** What the page of due dates asks the server, and what it changes there. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { List, Named, Severity } from "@/api/types";

export type GradedSeverity = Exclude<Severity, "unknown">;

/** Days from first sight; null where there is no due date. */
export type DaysBySeverity = Record<GradedSeverity, number | null>;

export type PolicyTerms = {
  asset_tags: string[];
  days: DaysBySeverity;
  known_exploited_days: number | null;
};

export type Policy = PolicyTerms & {
  id: string;
  name: string;
  position: number;
  asset_count: number;
  version: number;
  updated_at: string;
  updated_by: Named | null;
};

export type PolicyPreview = { assets: number; findings: number; due: number; overdue: number };

export const policiesQuery = queryOptions({
  queryKey: ["policies", "list"],
  queryFn: ({ signal }) => api.get<List<Policy>>("/policies", { query: { limit: 200 }, signal }),
});

export const previewQuery = (terms: PolicyTerms) =>
  queryOptions({
    queryKey: ["policies", "preview", terms],
    queryFn: ({ signal }) => api.post<PolicyPreview>("/policies/preview", terms, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 60_000,
  });

function useChange<Given, Answer>(act: (given: Given) => Promise<Answer>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["policies"] }),
  });
}

export const useSavePolicy = (policy: Policy | undefined) =>
  useChange((given: PolicyTerms & { name: string }) =>
    policy
      ? api.put<Policy>(`/policies/${policy.id}`, { ...given, version: policy.version })
      : api.post<Policy>("/policies", given),
  );

export const useOrderPolicies = () => useChange((ids: string[]) => api.put("/policies/order", { ids }));

export const useDeletePolicy = () => useChange((id: string) => api.delete(`/policies/${id}`));
