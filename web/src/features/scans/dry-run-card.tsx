/** What a dry run came to: the changes in a sentence, and whether the brake would hold its closings. */
import { Link } from "@tanstack/react-router";
import { Eye, Hand } from "lucide-react";
import { useMay } from "@/api/session";
import type { Scan } from "@/api/types";
import { buttonStyle } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Outcome } from "./outcome";
import { WouldClose } from "./would-close";

export function DryRunCard({ scan }: { scan: Scan }) {
  const mayUpload = useMay("scans:write");
  const name = scan.file_name ?? "this report";
  return (
    <Panel label="Dry run" className="border-accent!">
      <div className="flex items-start gap-3 rounded-t-lg border-b border-default bg-selected px-4 py-3">
        <Eye size={16} strokeWidth={1.75} aria-hidden="true" className="mt-px text-accent" />
        <div className="min-w-0 flex-1">
          <h2 className="text-md tracking-tight [overflow-wrap:anywhere]">
            Dry run: what <bdi>{name}</bdi> would change
          </h2>
          <p className="leading-normal">
            <Outcome scan={scan} /> Nothing was changed.
          </p>
        </div>
      </div>
      {scan.held && (
        <div className="grid gap-5 border-b border-faint px-4 py-3 desk:grid-cols-2">
          <div>
            <h3 className="mb-2 flex items-center gap-2">
              <Hand size={15} strokeWidth={1.75} aria-hidden="true" className="text-warn" />
              It would be held
            </h3>
            <p className="leading-normal">{scan.held.reason}</p>
            <p className="mt-2 text-xs leading-normal text-muted">
              What is new would be taken in; the closings would wait for somebody to apply or discard them.
            </p>
          </div>
          <div>
            <h3 className="mb-2">What would close then</h3>
            <WouldClose scan={scan} />
          </div>
        </div>
      )}
      {mayUpload && (
        <p className="no-print flex flex-wrap items-center gap-3 px-4 py-3 text-muted">
          <Link to="/scans" className={buttonStyle()}>
            Send it for good
          </Link>
          The report itself was not taken in: send it again without the dry run.
        </p>
      )}
    </Panel>
  );
}
