/** Saved views: one's own and those that others share. */
import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { List, SavedView } from "@/api/types";

export type NewView = Pick<SavedView, "name" | "q" | "sort" | "is_shared">;

export const viewsQuery = queryOptions({
  queryKey: ["views"],
  queryFn: ({ signal }) => api.get<List<SavedView>>("/findings/views", { query: { limit: 200 }, signal }),
  staleTime: 60_000,
});

/** Two spellings of one address are one view. */
export const isShown = (view: SavedView, q: string, sort: string) =>
  view.q.trim() === q.trim() && view.sort === sort;

function useWrite<Given>(write: (given: Given) => Promise<unknown>, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: write,
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: viewsQuery.queryKey });
      onDone();
    },
  });
}

export const useSaveView = (onDone: () => void) =>
  useWrite((view: NewView) => api.post<SavedView>("/findings/views", view), onDone);

export const useChangeView = (onDone: () => void) =>
  useWrite(
    ({ id, ...change }: Partial<NewView> & { id: string }) =>
      api.patch<SavedView>(`/findings/views/${id}`, change),
    onDone,
  );

export const useDeleteView = (onDone: () => void) =>
  useWrite((id: string) => api.delete(`/findings/views/${id}`), onDone);
