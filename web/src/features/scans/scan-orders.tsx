/** What can still be done with a scan that was taken in: undo it, or read its report again. Each is previewed first. */
import { RotateCcw, Undo2 } from "lucide-react";
import { useMay } from "@/api/session";
import type { Scan, ScanAct } from "@/api/types";
import { Button } from "@/ui/button";
import { ProblemNote } from "@/ui/problem-note";
import { type Order, useOrder } from "./use-order";

export function ScanOrders({ scan }: { scan: Scan }) {
  const mayWrite = useMay("scans:write");
  const order = useOrder(scan.id);
  const isStanding =
    scan.state === "done" || scan.state === "held" || (scan.state === "failed" && scan.parts);
  const wasTakenIn = isStanding && !scan.dry_run && !scan.undone;
  const isReadable = scan.state === "failed" && scan.report_kept && !scan.parts;
  if (!mayWrite || !(wasTakenIn || isReadable)) return null;
  const give = (which: Order, isPreview: boolean) => order.mutate({ order: which, isPreview });
  return (
    <div className="no-print mt-4 grid gap-2 border-t border-faint pt-3">
      <div className="flex flex-wrap items-center gap-2">
        {wasTakenIn && (
          <>
            <Button size="sm" disabled={order.isPending} onClick={() => give("undo", true)}>
              <Undo2 size={14} strokeWidth={1.75} aria-hidden="true" />
              Undo…
            </Button>
            {scan.report_kept && (
              <Button size="sm" disabled={order.isPending} onClick={() => give("reprocess", true)}>
                <RotateCcw size={14} strokeWidth={1.75} aria-hidden="true" />
                Read again…
              </Button>
            )}
            <span className="text-xs text-muted">
              {scan.parts && "All of its assets, or none. "}You see what would change before anything does.
            </span>
          </>
        )}
        {isReadable && (
          <Button size="sm" disabled={order.isPending} onClick={() => give("reprocess", false)}>
            <RotateCcw size={14} strokeWidth={1.75} aria-hidden="true" />
            Try to read it again
          </Button>
        )}
      </div>
      {order.error && <ProblemNote error={order.error} />}
    </div>
  );
}

/** The scan is as it was; why what was asked for could not be done. */
export function ActFailed({ act }: { act: ScanAct }) {
  return (
    <p role="status" className="rounded-lg border border-warn bg-warn-soft px-4 py-3 leading-normal">
      <strong className="font-medium text-strong">
        {act.kind === "undo" ? "It was not undone." : "It was not read again."}
      </strong>{" "}
      {act.error?.message} Nothing was changed.
    </p>
  );
}
