/** What the overview asks the server: one summary. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Dashboard } from "@/api/types";

export const DAYS = 90;

export const dashboardQuery = queryOptions({
  queryKey: ["dashboard", DAYS],
  queryFn: ({ signal }) => api.get<Dashboard>("/dashboard", { query: { days: DAYS }, signal }),
  staleTime: 30_000,
});
