/** What the readiness page asks: the same report as `hauberk readiness`. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Readiness } from "@/api/types";

export const readinessQuery = queryOptions({
  queryKey: ["readiness"],
  queryFn: ({ signal }) => api.get<Readiness>("/readiness", { signal }),
  staleTime: 60_000,
  retry: false,
});
