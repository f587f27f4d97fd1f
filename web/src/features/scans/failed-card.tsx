/** A report that could not be read: what is wrong, where, and that no finding was changed. */
import { Link } from "@tanstack/react-router";
import { CircleX } from "lucide-react";
import type { Scan } from "@/api/types";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/panel";
import { Time } from "@/ui/time";

export function FailedCard({ scan, onDismiss }: { scan: Scan; onDismiss?: () => void }) {
  return (
    <Panel label={`${scan.file_name ?? scan.id} was not read`} className="border-danger! px-4 py-3">
      <div className="flex items-center gap-2">
        <CircleX size={16} aria-hidden="true" className="text-mark-danger" />
        <span className="font-medium text-danger">Not read</span>
        <Time at={scan.finished_at ?? scan.accepted_at} className="ml-auto text-xs text-muted" />
      </div>
      <h3 dir="auto" className="mt-2 truncate text-left" title={scan.file_name ?? undefined}>
        <Link to="/scans/$id" params={{ id: scan.id }} className="hover:underline">
          {scan.file_name ?? scan.id}
        </Link>
      </h3>
      <ScanError scan={scan} />
      {onDismiss && (
        <Button size="sm" look="quiet" className="mt-2" onClick={onDismiss}>
          Remove
        </Button>
      )}
    </Panel>
  );
}

export function ScanError({ scan }: { scan: Scan }) {
  return (
    <div className="mt-1 grid gap-2 leading-normal">
      <p>{scan.error?.message ?? "The server did not say why."}</p>
      {scan.error?.position && (
        <p className="rounded-md border border-default bg-sunken px-2.5 py-1.5 font-mono text-code break-all text-source">
          {scan.error.position}
        </p>
      )}
      <p className="text-xs text-muted">
        No finding was changed.
        {scan.error?.code && (
          <>
            {" "}
            Code <code className="font-mono">{scan.error.code}</code>
          </>
        )}
      </p>
    </div>
  );
}
