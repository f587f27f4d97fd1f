/**
 * One cache for all server state; a refusal is not asked again, a broken line is asked twice, "too many" when its time
 * has come. What could not be written because an import of its asset is being written is sent again for a minute: the
 * server says that nothing was changed.
 */
import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "@/api/problem";

const LONGEST_WAIT = 65_000;
const BUSY_TIMES = 12;

function isWorthAsking(error: unknown): boolean {
  return (
    error instanceof ApiProblem &&
    (error.kind === "unreachable" || [429, 502, 503, 504].includes(error.status))
  );
}

function waitFor(attempt: number, error: unknown): number {
  const told = error instanceof ApiProblem ? error.retryAfter : null;
  return told === null ? 500 * 2 ** attempt : Math.min(LONGEST_WAIT, told * 1000 + 250);
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
        retry: (failures, error) => failures < BUSY_TIMES && error instanceof ApiProblem && error.isBusy,
        retryDelay: waitFor,
      },
    },
  });
}
