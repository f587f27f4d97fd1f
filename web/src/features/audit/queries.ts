/** What the audit trail is asked, and what it answers. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { addressOf, api } from "@/api/client";
import type { List, Member } from "@/api/types";

export type AuditEvent = {
  id: string;
  at: string;
  actor: { type: "user" | "token" | "service_account" | "system"; id: string | null; name: string };
  action: string;
  subject: { type: string; id: string | null };
  detail: Record<string, unknown>;
  request_id: string | null;
  is_sealed: boolean;
  link: number | null;
};

export type AuditChain = {
  length: number;
  waiting: number;
  newest_hash: string | null;
  broken_at: number | null;
  looked_at: string | null;
};

/** As it stands in the address; days are those of UTC, `until` with the whole of its day. */
export type AuditState = {
  who?: string;
  what?: string;
  subject?: string;
  since?: string;
  until?: string;
  /** Where the page begins: the answer before it said so. */
  after?: string;
};

const DAY = 86_400_000;
const PAGE_SIZE = 50;

function beginOf(day: string, days = 0): string | undefined {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(at) ? undefined : new Date(at + days * DAY).toISOString();
}

/** The address's words in the server's. */
const asked = ({ who, what, subject, since, until }: AuditState) => ({
  ...(who?.startsWith("usr_") ? { user: who } : { actor_type: who }),
  action: what,
  subject,
  since: since && beginOf(since),
  until: until && beginOf(until, 1),
});

/** All that is narrowed to, as a file. */
export const exportOf = (state: AuditState, format: "csv" | "jsonl") =>
  addressOf("/audit/export", { ...asked(state), format });

export const eventsQuery = (state: AuditState) =>
  queryOptions({
    queryKey: ["audit", "events", asked(state), state.after],
    queryFn: ({ signal }) =>
      api.get<List<AuditEvent>>("/audit", {
        query: { ...asked(state), cursor: state.after, limit: PAGE_SIZE },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const chainQuery = queryOptions({
  queryKey: ["audit", "chain"],
  queryFn: ({ signal }) => api.get<AuditChain>("/audit/chain", { signal }),
  staleTime: 60_000,
});

export const peopleQuery = queryOptions({
  queryKey: ["people"],
  queryFn: ({ signal }) => api.get<List<Member>>("/users", { query: { limit: 200 }, signal }),
  staleTime: 300_000,
  retry: false,
});
