/** That a scan was taken back, by whom, what that means for what is shown of it, and where to go from here. */
import { Link } from "@tanstack/react-router";
import { Undo2 } from "lucide-react";
import type { Scan } from "@/api/types";
import { buttonStyle } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Time } from "@/ui/time";

export function UndoneCard({ scan }: { scan: Scan }) {
  if (!scan.undone) return null;
  const { at, by } = scan.undone;
  return (
    <Panel label="Undone" className="border-warn!">
      <div className="flex items-start gap-3 rounded-t-lg bg-warn-soft px-4 py-3">
        <Undo2 size={16} strokeWidth={1.75} aria-hidden="true" className="mt-px text-warn" />
        <div className="min-w-0 flex-1">
          <h2 className="text-md tracking-tight">
            Undone <Time at={at} />
            {by && ` by ${by.name}`}
          </h2>
          <p className="leading-normal">
            None of its changes stands any more: later scans of the same series were counted again without it.
            Decisions and comments stayed. To take it in once more, send the report again.
          </p>
        </div>
      </div>
      {scan.asset && (
        <div className="no-print flex flex-wrap gap-2 border-t border-warn px-4 py-3">
          {scan.scanner && (
            <Link
              to="/scans"
              search={{ asset: scan.asset.id, scanner: scan.scanner }}
              className={buttonStyle()}
            >
              Scans of this series
            </Link>
          )}
          <Link to="/assets/$id" params={{ id: scan.asset.id }} className={buttonStyle()}>
            The asset now
          </Link>
        </div>
      )}
    </Panel>
  );
}
