/** Orders about a scan: to see what undoing or reading again would change, and to have it done. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "@/api/client";
import type { Scan } from "@/api/types";
import { scanQuery } from "./queries";

export type Order = "undo" | "reprocess";

export const ORDER_WORD: Record<Order, { verb: string; action: string }> = {
  undo: { verb: "undoing", action: "Undo this scan" },
  reprocess: { verb: "reading again", action: "Read it again" },
};

/** Goes to the scan that the answer names: the preview, or the scan itself while it is worked on. */
export function useOrder(scanId: string) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ order, isPreview }: { order: Order; isPreview: boolean }) =>
      api.post<Scan>(`/scans/${scanId}/${order}`, { dry_run: isPreview }),
    onSuccess: (scan) => {
      queryClient.setQueryData(scanQuery(scan.id).queryKey, scan);
      void queryClient.invalidateQueries({ queryKey: ["scans", "changes", scan.id] });
      void navigate({ to: "/scans/$id", params: { id: scan.id } });
    },
  });
}
