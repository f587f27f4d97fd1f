/** The log as it is written: what is new since the last look, again and again. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { LogLevel } from "./levels";

export type LogRecord = {
  place: string;
  role: string;
  at: string;
  level: string;
  event: string;
  logger: string;
  fields: Record<string, unknown>;
};

const EVERY = 2_000;

export function logQuery({
  level,
  contains,
  isFollowing,
}: {
  level: LogLevel;
  contains: string;
  isFollowing: boolean;
}) {
  const query = new URLSearchParams({ limit: "200", level, contains });
  return queryOptions({
    queryKey: ["logs", level, contains],
    queryFn: ({ signal }) => api.get<{ records: LogRecord[] }>(`/logs?${query}`, { signal }),
    refetchInterval: isFollowing ? EVERY : false,
    retry: false,
  });
}

/** What a record says besides its event, as it stands in the log. */
export function detailOf(record: LogRecord): string {
  return Object.entries(record.fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join("  ");
}
