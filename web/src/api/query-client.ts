/** One cache for all server state; a refusal is not asked again, a broken line is asked twice. */
import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "@/api/problem";

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) =>
          failures < 2 &&
          error instanceof ApiProblem &&
          (error.kind === "unreachable" || [502, 503, 504].includes(error.status)),
        retryDelay: (attempt) => 500 * 2 ** attempt,
      },
    },
  });
}
