/** The critical findings that have waited longest. */
import { Link } from "@tanstack/react-router";
import type { Finding } from "@/api/types";
import { filterOf } from "@/lib/filter-link";
import { formatNumber } from "@/lib/format";
import { OPEN_FILTER } from "@/lib/words";
import { ExploitedChip } from "@/ui/chip";
import { Panel, PanelHead } from "@/ui/panel";
import { SeverityMark } from "@/ui/severity";
import { Time } from "@/ui/time";

export function OldestCriticals({
  findings,
  count,
  className,
}: {
  findings: Finding[];
  count: number;
  className?: string;
}) {
  return (
    <Panel label="Oldest criticals" className={className}>
      <PanelHead title="Oldest criticals">
        {findings.length > 0 && (
          <Link
            to="/findings"
            search={{ q: `${filterOf("severity", "critical")} ${OPEN_FILTER}`, sort: "first_seen_at" }}
            className="link"
          >
            All {formatNumber(count)}
          </Link>
        )}
      </PanelHead>
      {findings.length === 0 && <p className="px-4 pb-4 text-muted">No critical finding is open.</p>}
      <ul>
        {findings.map((finding) => (
          <li key={finding.id} className="border-t border-faint">
            <Link
              to="/findings/$id"
              params={{ id: finding.id }}
              className="focus-inset flex h-[52px] items-center gap-3 px-4 hover:bg-hover"
            >
              <SeverityMark severity="critical" />
              <span className="min-w-0 flex-1">
                <span className="flex items-center gap-2">
                  <span dir="auto" className="truncate font-medium text-strong" title={finding.title}>
                    {finding.title}
                  </span>
                  {finding.known_exploited && <ExploitedChip className="shrink-0" />}
                </span>
                <span className="block truncate text-xs text-muted">
                  <bdi>{finding.asset.name}</bdi>
                  {(finding.identifiers[0] ?? finding.rule_id) && (
                    <>
                      {" · "}
                      <bdi className="font-mono text-code">{finding.identifiers[0] ?? finding.rule_id}</bdi>
                    </>
                  )}
                </span>
              </span>
              <Time at={finding.first_seen_at} look="age" className="font-medium text-danger" />
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
