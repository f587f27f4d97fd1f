/** Past reports: what each came to, and which rows answered otherwise than in the one before. */
import { useQuery } from "@tanstack/react-query";
import type { PastReadiness } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";
import { Panel, PanelHead } from "@/ui/panel";
import { ResultLabel } from "@/ui/result-mark";
import { Time } from "@/ui/time";
import { historyQuery } from "./queries";

export function HistoryPanel() {
  const { data } = useQuery(historyQuery);
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Panel label="History">
      <PanelHead title="History" note="What answered otherwise than in the report before" />
      <ol className="grid">
        {data.items.map((report) => (
          <Past key={report.observed_at} report={report} />
        ))}
      </ol>
    </Panel>
  );
}

function Past({ report }: { report: PastReadiness }) {
  const { changes, summary } = report;
  return (
    <li className="grid gap-1 border-t border-faint px-4 py-2.5">
      <p className="flex flex-wrap items-baseline gap-x-3 text-xs text-muted">
        <span className="text-sm font-medium text-strong">
          <Time at={report.observed_at} />
        </span>
        <span className="num">
          {formatNumber(summary.PASS ?? 0)} pass · {formatNumber(summary.FAIL ?? 0)} fail ·{" "}
          {formatNumber(summary.WARN ?? 0)} warn · {formatNumber(summary.SKIP ?? 0)} skipped
        </span>
        <span>build {report.build}</span>
        <span>{changes.length === 0 ? "nothing changed" : plural(changes.length, "change")}</span>
      </p>
      {changes.length > 0 && (
        <ul className="grid gap-0.5">
          {changes.map((change) => (
            <li key={change.id} className="flex flex-wrap items-baseline gap-x-2 text-xs">
              <a href={`#check-${change.id}`} className="link font-mono text-2xs">
                {change.id}
              </a>
              <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
                {change.before ? <ResultLabel result={change.before} /> : "new"}
                <span aria-hidden="true">→</span>
                <span className="sr-only">then</span>
                {change.after ? <ResultLabel result={change.after} /> : "gone"}
              </span>
              <span className="min-w-0 flex-1 font-mono break-words text-default">{change.evidence}</span>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
