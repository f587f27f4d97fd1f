/** Changes of many findings: those that were made, what is left of one, and taking it back. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { BulkChangeMade, BulkChangeStanding } from "@/api/bulk-types";
import { api } from "@/api/client";
import type { Job, List } from "@/api/types";
import { plural } from "@/lib/format";
import { PAGE_SIZE } from "@/ui/pager";
import { showToast } from "@/ui/toast";
import { finished } from "./use-triage";

const isRunning = (made: BulkChangeMade) => made.state === "accepted" || made.state === "running";

export const bulkChangesQuery = (page: number) =>
  queryOptions({
    queryKey: ["findings", "bulk", page],
    queryFn: ({ signal }) =>
      api.get<List<BulkChangeMade>>("/findings/bulk", {
        query: { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.items.some(isRunning) ? 2_000 : false),
  });

/** Counted anew each time: somebody may have changed a finding a moment ago. */
export const standingQuery = (id: string) =>
  queryOptions({
    queryKey: ["findings", "bulk", "standing", id],
    queryFn: ({ signal }) => api.get<BulkChangeStanding>(`/findings/bulk/${id}/standing`, { signal }),
    staleTime: 0,
    gcTime: 0,
  });

export function useUndoBulk() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (id: string) => {
      const { job } = await api.post<{ job: Job }>(`/findings/bulk/${id}/undo`);
      return finished(job);
    },
    onSuccess: ({ counts }) =>
      showToast({
        text: [
          `${plural(counts?.changed ?? 0, "finding")} taken back`,
          counts?.kept ? `${plural(counts.kept, "finding")} changed since: left as they are now` : "",
        ]
          .filter(Boolean)
          .join(". "),
      }),
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: ["findings"] });
      void queryClient.invalidateQueries({ queryKey: ["dashboard"] });
    },
  });
}
