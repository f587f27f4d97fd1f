/** How the results of a report, or of a preview, were counted. */
import type { ScanCounts } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";
import { Panel, PanelHead } from "@/ui/panel";

export function ResultCounts({ counts, isPreview }: { counts: ScanCounts; isPreview: boolean }) {
  const parts: [string, number][] = [
    ["New", counts.new],
    ["Unchanged", counts.unchanged],
    ["Moved", counts.moved],
    ["Changed", counts.changed],
    ["Reopened", counts.reopened],
    ["Suppressed", counts.suppressed],
    ["Folded", counts.folded],
  ];
  return (
    <Panel label="Results" className="overflow-hidden">
      <PanelHead
        title={isPreview ? "What would stand" : "Results"}
        note={isPreview ? undefined : "each result read is counted exactly once"}
      >
        <span className="num text-muted">
          {plural(counts.findings.new, "new finding")}, {formatNumber(counts.findings.reopened)} reopened,{" "}
          {formatNumber(counts.findings.closed)} closed
        </span>
      </PanelHead>
      <dl className="grid grid-cols-3 gap-px border-t border-faint bg-(--border-faint) desk:grid-cols-9">
        <Amount label={isPreview ? "Open" : "Read"} value={counts.reported} isStrong />
        {parts.map(([label, value]) => (
          <Amount key={label} label={label} value={value} />
        ))}
        <Amount label="Closed" value={counts.closed} />
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

function Amount({ label, value, isStrong = false }: { label: string; value: number; isStrong?: boolean }) {
  return (
    <div className="bg-panel px-4 py-2.5">
      <dt className="text-xs text-muted">{label}</dt>
      <dd
        className={value > 0 || isStrong ? "num text-lg font-medium text-strong" : "num text-lg text-muted"}
      >
        {formatNumber(value)}
      </dd>
    </div>
  );
}
