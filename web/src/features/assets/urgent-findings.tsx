/** The few findings of an asset that come first in our order. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Asset, Finding } from "@/api/types";
import { ExploitedChip } from "@/ui/chip";
import { Due } from "@/ui/due";
import { FindingsLink } from "@/ui/findings-link";
import { Panel, PanelHead } from "@/ui/panel";
import { SeverityMark, SeverityWord } from "@/ui/severity";
import { ErrorState, SkeletonRows } from "@/ui/state";
import { openFindingsOf } from "./asset-row";
import { urgentFindingsQuery } from "./queries";

export function UrgentFindings({ asset }: { asset: Asset }) {
  const q = openFindingsOf(asset);
  const { data, error, isPending, refetch } = useQuery(urgentFindingsQuery(q));
  if (asset.open_findings === 0) return null;
  return (
    <Panel>
      <PanelHead title="Most urgent">
        <FindingsLink q={q}>All open</FindingsLink>
      </PanelHead>
      {error ? (
        <ErrorState error={error} title="The findings could not be loaded" onRetry={() => void refetch()} />
      ) : isPending ? (
        <SkeletonRows count={5} height="h-12" />
      ) : (
        <ul className="border-t border-faint">
          {data.items.map((finding) => (
            <UrgentRow key={finding.id} finding={finding} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function UrgentRow({ finding }: { finding: Finding }) {
  return (
    <li className="relative flex gap-3 border-b border-faint px-4 py-2 last:border-b-0 hover:bg-hover">
      <SeverityMark severity={finding.severity} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <Link
            to={`/findings/${finding.id}` as string}
            dir="auto"
            title={finding.title}
            className="truncate font-medium text-strong after:absolute after:inset-0"
          >
            {finding.title}
          </Link>
          {finding.known_exploited && <ExploitedChip className="shrink-0" />}
        </div>
        <div className="flex gap-2 text-xs text-muted">
          <SeverityWord severity={finding.severity} />
          <span dir="auto" className="truncate font-mono">
            {finding.identifiers[0] ?? finding.rule_id}
          </span>
        </div>
      </div>
      <Due at={finding.due_at} className="text-xs" />
    </li>
  );
}
