/** What the asset pages ask the server, and what they change there. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Asset, AssetDetail, AssetIdentifier, Finding, List, Scan } from "@/api/types";
import { PAGE_SIZE } from "@/ui/pager";

export const SORTS = ["-severity", "-open_findings", "name"] as const;
export type Sort = (typeof SORTS)[number];

export const assetsQuery = (q: string, sort: Sort, page: number) =>
  queryOptions({
    queryKey: ["assets", "list", q, sort, page],
    queryFn: ({ signal }) =>
      api.get<List<Asset>>("/assets", {
        query: { q, sort, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const assetQuery = (id: string) =>
  queryOptions({
    queryKey: ["assets", "one", id],
    queryFn: ({ signal }) => api.get<AssetDetail>(`/assets/${id}`, { signal }),
  });

export const newestScansQuery = (id: string) =>
  queryOptions({
    queryKey: ["scans", "list", { asset: id, limit: 6 }],
    queryFn: ({ signal }) =>
      api.get<List<Scan>>("/scans", { query: { asset: id, sort: "-accepted_at", limit: 6 }, signal }),
  });

export const urgentFindingsQuery = (q: string) =>
  queryOptions({
    queryKey: ["findings", "urgent", q],
    queryFn: ({ signal }) =>
      api.get<List<Finding>>("/findings", { query: { q, sort: "-priority", limit: 6 }, signal }),
  });

/** Refs are named singly: those that are not named stay as they are. */
export type AssetChange = Partial<Pick<Asset, "name" | "kind" | "default_ref" | "tags">> & {
  refs?: { name: string; is_tracked: boolean }[];
};
export type NewAsset = Pick<Asset, "name" | "kind" | "default_ref" | "tags">;

export function useCreateAsset(onDone: (asset: Asset) => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (given: NewAsset) => api.post<Asset>("/assets", given),
    onSuccess: async (asset) => {
      await queryClient.invalidateQueries({ queryKey: ["assets"] });
      onDone(asset);
    },
  });
}

/** A tracked ref changes what is open: whatever counts findings is asked again. */
export function useChangeAsset(id: string, onDone?: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (change: AssetChange) => api.patch<AssetDetail>(`/assets/${id}`, change),
    onSuccess: (asset, change) => {
      queryClient.setQueryData(assetQuery(id).queryKey, asset);
      void queryClient.invalidateQueries({ queryKey: ["assets"] });
      if (change.refs !== undefined || change.name !== undefined)
        for (const key of ["findings", "vulnerabilities", "components", "dashboard"])
          void queryClient.invalidateQueries({ queryKey: [key] });
      onDone?.();
    },
  });
}

export function useAddIdentifier(id: string, onDone?: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, value }: Pick<AssetIdentifier, "kind" | "value">) =>
      api.post<AssetDetail>(`/assets/${id}/identifiers`, { kind, value }),
    onSuccess: (asset) => {
      queryClient.setQueryData(assetQuery(id).queryKey, asset);
      onDone?.();
    },
  });
}

export function useRemoveIdentifier(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ kind, value }: Pick<AssetIdentifier, "kind" | "value">) => {
      const path = value.split("/").map(encodeURIComponent).join("/");
      return api.delete(`/assets/${id}/identifiers/${kind}/${path}`);
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: assetQuery(id).queryKey }),
  });
}

export function useDeleteAsset({ id, name }: Asset, onDone: () => void) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => api.delete(`/assets/${id}`, { confirm: name }),
    onSuccess: () => {
      // First away from the page of what is gone, so that nothing asks for it again.
      onDone();
      queryClient.removeQueries({ queryKey: assetQuery(id).queryKey });
      for (const key of ["assets", "findings", "vulnerabilities", "components", "scans", "dashboard"])
        void queryClient.invalidateQueries({ queryKey: [key] });
    },
  });
}
