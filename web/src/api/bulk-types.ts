/** Changes of many findings, as the API tells of them. */
import type { JobState, Severity, Triage } from "@/api/types";

export type BulkChangeMade = {
  id: string;
  state: Exclude<JobState, "held">;
  created_at: string;
  finished_at: string | null;
  made_by: string | null;
  /** Null where it takes another one back. */
  change: {
    sets: ("triage" | "duplicate_of" | "assignee" | "severity" | "tags")[];
    triage: Triage | null;
    reason: string | null;
    duplicate_of: string | null;
    assignee: { id: string; name: string } | null;
    severity: Severity | null;
    severity_reason: string | null;
    add_tags: string[];
    remove_tags: string[];
  } | null;
  /** Null where the findings were named. */
  q: string | null;
  selected: number | null;
  changed: number | null;
  kept: number | null;
  undoes: string | null;
  undone_by: string | null;
  can_undo: boolean;
};

export type BulkChangeStanding = { would_undo: number; changed_since: number };
