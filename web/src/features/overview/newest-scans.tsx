/** The scans that came in last: what was new, what is gone. */
import { Link } from "@tanstack/react-router";
import type { Scan } from "@/api/types";
import { formatChange } from "@/lib/format";
import { SCAN_STATE_WORD, scannerName } from "@/lib/words";
import { Chip } from "@/ui/chip";
import { Panel, PanelHead } from "@/ui/panel";
import { Time } from "@/ui/time";

export function NewestScans({ scans, className }: { scans: Scan[]; className?: string }) {
  return (
    <Panel label="Newest scans" className={className}>
      <PanelHead title="Newest scans">
        <Link to="/scans" className="link">
          All scans
        </Link>
      </PanelHead>
      {scans.length === 0 && <p className="px-4 pb-4 text-muted">Nothing was sent yet.</p>}
      <ul>
        {scans.map((scan) => (
          <li key={scan.id} className="border-t border-faint">
            <Link
              to="/scans/$id"
              params={{ id: scan.id }}
              className="focus-inset flex h-[52px] items-center gap-3 px-4 hover:bg-hover"
            >
              <span className="min-w-0 flex-1">
                <span dir="auto" className="block truncate text-left font-medium text-strong">
                  {scan.asset?.name ?? scan.asset_named ?? scan.file_name ?? scan.id}
                </span>
                <span className="block truncate text-xs text-muted">
                  {scan.scanner ? `${scannerName(scan.scanner)} · ` : ""}
                  <Time at={scan.accepted_at} />
                </span>
              </span>
              {scan.counts && <Changes scan={scan} />}
              {scan.state !== "done" && (
                <Chip tone={scan.state === "failed" ? "danger" : scan.state === "held" ? "warn" : "plain"}>
                  {SCAN_STATE_WORD[scan.state]}
                </Chip>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Changes({ scan }: { scan: Scan }) {
  const added = (scan.counts?.findings.new ?? 0) + (scan.counts?.findings.reopened ?? 0);
  const closed = scan.counts?.findings.closed ?? 0;
  if (added === 0 && closed === 0) return <span className="text-xs text-muted">no change</span>;
  return (
    <span className="flex gap-3 text-xs font-medium">
      {added > 0 && <span className="num text-danger">{formatChange(added)} new</span>}
      {closed > 0 && <span className="num text-success">{formatChange(-closed)} closed</span>}
    </span>
  );
}
