/** What the pages of mappings ask the server, and what they change there. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { List, Mapping, MappingPreview } from "@/api/types";

export const mappingsQuery = queryOptions({
  queryKey: ["mappings", "list"],
  queryFn: ({ signal }) => api.get<List<Mapping>>("/mappings", { query: { limit: 200 }, signal }),
});

export const mappingQuery = (id: string) =>
  queryOptions({
    queryKey: ["mappings", "one", id],
    queryFn: ({ signal }) => api.get<Mapping>(`/mappings/${id}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY, // it is being edited: what somebody else does meanwhile is told when it is saved
  });

export const previewQuery = (document: string, sample: string) =>
  queryOptions({
    queryKey: ["mappings", "preview", document, sample],
    queryFn: ({ signal }) => api.post<MappingPreview>("/mappings/preview", { document, sample }, { signal }),
    enabled: document.trim() !== "" && sample.trim() !== "",
    placeholderData: keepPreviousData,
    retry: false,
    gcTime: 60_000,
  });

function useChange<Given, Answer>(act: (given: Given) => Promise<Answer>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ["mappings"] });
      await queryClient.invalidateQueries({ queryKey: ["formats"] });
    },
  });
}

export const useSaveMapping = (mapping: Mapping | undefined) =>
  useChange((document: string) =>
    mapping
      ? api.put<Mapping>(`/mappings/${mapping.id}`, { document, version: mapping.version })
      : api.post<Mapping>("/mappings", { document }),
  );

export const useDeleteMapping = () => useChange((id: string) => api.delete(`/mappings/${id}`));
