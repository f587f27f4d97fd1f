/** Follows one scan while it runs: server-sent events into the cache; when the line breaks, it asks now and then. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { serverEvents } from "@/api/events";
import type { Scan, ScanProgress, ScanState } from "@/api/types";
import { announce } from "@/ui/live-region";
import { scanQuery } from "./queries";

export const ASK_AGAIN = 2_000;

export const isUnderWay = (state: ScanState) => state === "accepted" || state === "running";

export function useScanEvents(given: Scan): Scan {
  const queryClient = useQueryClient();
  const { id } = given;
  const { data: scan = given } = useQuery({
    ...scanQuery(id),
    initialData: given,
    refetchInterval: (query) =>
      query.state.data && isUnderWay(query.state.data.state) ? 5 * ASK_AGAIN : false,
  });
  const isRunning = isUnderWay(scan.state);
  useEffect(() => {
    if (!isRunning) return;
    const stop = new AbortController();
    const key = scanQuery(id).queryKey;
    const settle = (finished: Scan) => {
      queryClient.setQueryData(key, finished);
      announce(`${finished.file_name ?? "The scan"} is ${finished.state}`);
      for (const queryKey of [
        ["scans", "list"],
        ["scans", "pending"],
        ["findings"],
        ["dashboard"],
        ["assets"],
        ["vulnerabilities"],
        ["components"],
      ])
        void queryClient.invalidateQueries({ queryKey });
    };
    /** Whether the end was told. It is settled once: later, the person may be at work in a list that must stay as it is. */
    const follow = async (): Promise<boolean> => {
      for await (const { event, data } of serverEvents(`/scans/${id}/events`, stop.signal)) {
        if (event === "finished") {
          settle(data as Scan);
          return true;
        }
        if (event === "progress")
          queryClient.setQueryData<Scan>(
            key,
            (now) => now && { ...now, ...(data as { state: ScanState; progress: ScanProgress }) },
          );
      }
      return false;
    };
    const keepFollowing = async () => {
      while (!stop.signal.aborted) {
        if (await follow().catch(() => false)) return;
        await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN));
        if (stop.signal.aborted) return;
        const now = await queryClient.fetchQuery({ ...scanQuery(id), staleTime: 0 }).catch(() => null);
        if (stop.signal.aborted) return;
        if (now && !isUnderWay(now.state)) return settle(now);
      }
    };
    void keepFollowing();
    return () => stop.abort();
  }, [id, isRunning, queryClient]);
  return scan;
}
