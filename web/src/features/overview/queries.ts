/** What the overview asks the server: one summary. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Dashboard } from "@/api/types";

export const DAYS = 90;

/** `asOf`: as it was at the end of that day. */
export const dashboardQuery = (asOf?: string) =>
  queryOptions({
    queryKey: ["dashboard", DAYS, asOf ?? "now"],
    queryFn: ({ signal }) => api.get<Dashboard>("/dashboard", { query: { days: DAYS, as_of: asOf }, signal }),
    staleTime: 30_000,
  });
