/** How the results of a report, or of a preview, were counted; each number leads to what it counts. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import type { ChangeKind, Scan, ScanCounts } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";
import { Panel, PanelHead } from "@/ui/panel";

type Counted = [label: string, value: number, kind?: ChangeKind];

export function ResultCounts({ scan, change }: { scan: Scan; change?: ChangeKind }) {
  const { counts } = scan;
  if (!counts) return null;
  const isPreview = scan.preview_of !== null;
  const waiting = scan.undone ? 0 : (scan.held?.would_close ?? 0);
  const parts: Counted[] = [
    [isPreview ? "Open" : "Read", counts.reported],
    ["New", counts.new, "new"],
    ["Unchanged", counts.unchanged, "unchanged"],
    ["Moved", counts.moved, "moved"],
    ["Changed", counts.changed, "changed"],
    ["Reopened", counts.reopened, "reopened"],
    ["Suppressed", counts.suppressed, "suppressed"],
    ["Folded", counts.folded],
    waiting > 0 ? ["Would close", waiting, "closed"] : ["Closed", counts.closed, "closed"],
  ];
  const isListed = !scan.undone && (scan.state === "done" || scan.state === "held");
  return (
    <Panel label="Results" className="overflow-hidden">
      <PanelHead
        title={isPreview ? "What would stand" : "Results"}
        note={
          isPreview
            ? undefined
            : scan.undone
              ? "as they were counted before it was undone"
              : "each result read is counted exactly once"
        }
      >
        <span className="num text-muted">{summaryOf(scan, counts)}</span>
      </PanelHead>
      <dl className="grid grid-cols-3 gap-px border-t border-faint bg-(--border-faint) desk:grid-cols-9">
        {parts.map(([label, value, kind], index) => (
          <div
            key={label}
            className={cx(
              "relative px-4 py-2.5",
              kind && kind === change ? "bg-selected" : "bg-panel",
              kind && isListed && value > 0 && "hover:bg-hover",
            )}
          >
            <dt className="text-xs text-muted">{label}</dt>
            <dd
              className={cx(
                "num text-lg",
                value > 0 || index === 0 ? "font-medium text-strong" : "text-muted",
              )}
            >
              {kind && isListed && value > 0 ? (
                <Link
                  to="/scans/$id"
                  params={{ id: scan.id }}
                  search={{
                    change: kind === change ? undefined : kind,
                    view: scan.parts ? "changes" : undefined,
                  }}
                  aria-current={kind === change ? "true" : undefined}
                  aria-label={`${label} ${formatNumber(value)}: ${kind === change ? "list all changes" : "list them"}`}
                  className="focus-inset after:absolute after:inset-0"
                >
                  {formatNumber(value)}
                </Link>
              ) : (
                formatNumber(value)
              )}
            </dd>
          </div>
        ))}
      </dl>
      {counts.statements && (
        <p className="border-t border-faint px-4 py-2.5 text-xs text-muted">
          {plural(counts.statements.reported, "supplier’s statement")} read,{" "}
          {formatNumber(counts.statements.new)} new, {formatNumber(counts.statements.withdrawn)} withdrawn;{" "}
          {plural(counts.statements.decided, "finding")} decided.
        </p>
      )}
    </Panel>
  );
}

function summaryOf({ held }: Scan, { findings }: ScanCounts): string {
  const closed = held
    ? `${formatNumber(held.would_close)} would close`
    : `${formatNumber(findings.closed)} closed`;
  return `${plural(findings.new, "new finding")}, ${formatNumber(findings.reopened)} reopened, ${closed}`;
}
