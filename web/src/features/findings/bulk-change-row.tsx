/** One change of many findings: who, when, what, how many, and whether it still stands. */
import { Link } from "@tanstack/react-router";
import { Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import type { BulkChangeMade } from "@/api/bulk-types";
import { capitalized, plural } from "@/lib/format";
import { SEVERITY_WORD, TRIAGE_WORD } from "@/lib/words";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Td, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { describeTags } from "./describe";

/** What it did, as one would say it of one finding. */
export function describeBulk({ change }: Pick<BulkChangeMade, "change">): string {
  if (change === null) return "Took a change back";
  const parts = change.sets.map((field) => {
    if (field === "triage") return change.triage ? TRIAGE_WORD[change.triage] : "Open";
    if (field === "assignee")
      return change.assignee ? `Assigned to ${change.assignee.name}` : "Assigned to nobody";
    if (field === "severity")
      return change.severity
        ? `Severity ${SEVERITY_WORD[change.severity].toLowerCase()}`
        : "Severity as the scanner says";
    if (field === "tags") return capitalized(describeTags(change));
    return change.duplicate_of ? "Duplicate of another" : "No duplicate any more";
  });
  // A duplicate says so twice: as its triage, and of which.
  return (change.triage === "duplicate" ? parts.slice(0, 1) : parts).join(", ");
}

function Standing({ made }: { made: BulkChangeMade }): ReactNode {
  if (made.state === "accepted" || made.state === "running") return <Chip>Being made</Chip>;
  if (made.can_undo)
    return (
      <Chip tone={made.state === "done" ? "plain" : "warn"}>
        {made.state === "done" ? "Stands" : "Stands in part"}
      </Chip>
    );
  if (made.undone_by) return <Chip tone="dismissed">Taken back</Chip>;
  if (made.state !== "done") return <Chip tone="danger">Ended early</Chip>;
  return <Chip tone="dismissed">Changed nothing</Chip>;
}

export function BulkChangeRow({ made, onUndo }: { made: BulkChangeMade; onUndo: () => void }) {
  const reason = made.change?.reason ?? made.change?.severity_reason;
  const what = describeBulk(made);
  return (
    <Tr className="phone:grid phone:grid-cols-[minmax(0,1fr)_auto] phone:py-2 phone:[&>td]:px-4">
      <Td className="phone:col-span-2 phone:border-0">
        <span className="font-medium text-strong">{what}</span>
        {reason && <span className="block text-xs text-muted [overflow-wrap:anywhere]">{reason}</span>}
        {made.q !== null && (
          <span className="block text-xs">
            <Link
              to="/findings"
              search={{ q: made.q || undefined }}
              className="link font-mono text-code [overflow-wrap:anywhere]"
            >
              {made.q || "All findings"}
            </Link>
          </span>
        )}
      </Td>
      <Td className="num">
        {made.changed && !made.undone_by ? (
          <Link to="/findings" search={{ q: `change:${made.id}` }} className="link">
            {plural(made.changed, "finding")}
          </Link>
        ) : (
          made.changed !== null && plural(made.changed, "finding")
        )}
        {made.kept ? <span className="block text-xs text-muted">{made.kept} left: changed since</span> : null}
      </Td>
      <Td>
        {made.made_by ?? "Somebody"}
        <span className="block text-xs text-muted">
          <Time at={made.created_at} />
        </span>
      </Td>
      <Td>
        <Standing made={made} />
      </Td>
      <Td isRight>
        {made.can_undo && (
          <Button size="sm" aria-label={`Undo: ${what}`} onClick={onUndo}>
            <Undo2 size={14} />
            Undo
          </Button>
        )}
      </Td>
    </Tr>
  );
}
