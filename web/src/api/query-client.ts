/**
 * One cache for all server state; a refusal is not asked again, a broken line is asked twice, "too many" when its time
 * has come. What could not be written because an import of its asset is being written is sent again, six times
 * within a minute: the server says that nothing was changed.
 */
import { QueryClient } from "@tanstack/react-query";
import type { ApiProblem } from "@/api/problem";

const LONGEST_WAIT = 65_000;

/** Of whatever was thrown: a fault of the page's own has none of this. */
type Thrown = Partial<ApiProblem>;

function isWorthAsking({ kind, status = 0 }: Thrown): boolean {
  return kind === "unreachable" || status === 429 || status > 501;
}

function waitFor(attempt: number, { retryAfter }: Thrown): number {
  return retryAfter == null ? 500 * 2 ** attempt : Math.min(LONGEST_WAIT, retryAfter * 1000 + 250);
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && isWorthAsking(error),
        retryDelay: waitFor,
      },
      mutations: {
        retry: (failures, error) => failures < 6 && !!(error as Thrown).type?.endsWith("busy"),
      },
    },
  });
}
