/** Joining findings, splitting one and undoing either: sent, told, and undone from the notice. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "@/api/client";
import type { Explanation, Finding, FindingDetail, List, RelatedFinding } from "@/api/types";
import { filterOf } from "@/lib/filter-link";
import { plural } from "@/lib/format";
import { showToast } from "@/ui/toast";

export const explanationQuery = (id: string) =>
  queryOptions({
    queryKey: ["findings", "explanation", id],
    queryFn: ({ signal }) => api.get<Explanation>(`/findings/${id}/explanation`, { signal }),
    staleTime: 30_000,
  });

export const relatedQuery = (id: string) =>
  queryOptions({
    queryKey: ["findings", "related", id],
    queryFn: ({ signal }) => api.get<{ items: RelatedFinding[] }>(`/findings/${id}/related`, { signal }),
    staleTime: 30_000,
  });

/** Findings of the same asset and kind, which alone can be joined. */
export const joinableQuery = (finding: Finding, words: string) =>
  queryOptions({
    queryKey: ["findings", "joinable", finding.id, words],
    queryFn: ({ signal }) =>
      api.get<List<Finding>>("/findings", {
        query: {
          q: [filterOf("asset", finding.asset.id), filterOf("kind", finding.kind), words].join(" ").trim(),
          limit: 21,
        },
        signal,
      }),
    staleTime: 30_000,
  });

export function useRegroup(id: string) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const refresh = () => queryClient.invalidateQueries({ queryKey: ["findings"] });
  const undo = useMutation({
    mutationFn: (regrouping: string) =>
      api.post<FindingDetail>(`/findings/${id}/regroupings/${regrouping}/undo`, {}),
    onSuccess: async () => {
      await refresh();
      showToast({ text: "Undone: each finding is as it was" });
    },
  });
  const offerUndo = async (text: string) => {
    await refresh();
    const { regroupings } = await queryClient.fetchQuery({ ...explanationQuery(id), staleTime: 0 });
    const [newest] = regroupings;
    showToast({
      text,
      ...(newest ? { action: { label: "Undo", run: () => undo.mutate(newest.id) } } : {}),
    });
  };
  const join = useMutation({
    mutationFn: ({ findings, reason }: { findings: string[]; reason: string | null }) =>
      api.post<FindingDetail>(`/findings/${id}/join`, { findings, reason }),
    onSuccess: (_, { findings }) => offerUndo(`${plural(findings.length, "finding")} joined into this one`),
  });
  const split = useMutation({
    mutationFn: ({ occurrences, reason }: { occurrences: string[]; reason: string | null }) =>
      api.post<FindingDetail>(`/findings/${id}/split`, { occurrences, reason }),
    onSuccess: async (made) => {
      await offerUndo("Split off into a finding of its own");
      await navigate({ to: "/findings/$id", params: { id: made.id } });
    },
  });
  return { join, split, undo };
}

export type Regroup = ReturnType<typeof useRegroup>;
