/** What came in, newest first: new and closed before everything else. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import type { Scan } from "@/api/types";
import { formatChange, formatDuration, formatNumber, plural } from "@/lib/format";
import { SCAN_STATE_WORD, scannerName } from "@/lib/words";
import { Chip } from "@/ui/chip";
import { Table, TableHead, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { remarks, unread } from "./scan-problems";

export function ScanTable({ scans }: { scans: Scan[] }) {
  return (
    <Table label="Scans">
      <TableHead>
        <Th>Asset</Th>
        <Th>Scanner</Th>
        <Th>Ref</Th>
        <Th isRight className="hidden peek:table-cell">
          Results
        </Th>
        <Th isRight>New</Th>
        <Th isRight>Closed</Th>
        <Th isRight className="hidden peek:table-cell">
          Took
        </Th>
        <Th isRight>When</Th>
      </TableHead>
      <tbody>
        {scans.map((scan) => (
          <ScanRow key={scan.id} scan={scan} />
        ))}
      </tbody>
    </Table>
  );
}

function ScanRow({ scan }: { scan: Scan }) {
  const { counts } = scan;
  const added = counts ? counts.findings.new + counts.findings.reopened : 0;
  const closed = counts?.findings.closed ?? 0;
  const took =
    scan.started_at && scan.finished_at ? Date.parse(scan.finished_at) - Date.parse(scan.started_at) : null;
  return (
    <Tr className="relative">
      <Td className="w-full max-w-0 min-w-44 phone:py-2 phone:pr-4">
        <span className="flex min-w-0 items-center gap-2">
          <Link
            to="/scans/$id"
            params={{ id: scan.id }}
            dir="auto"
            title={scan.asset?.name ?? scan.asset_named ?? scan.file_name ?? undefined}
            className="truncate font-medium text-strong after:absolute after:inset-0"
          >
            {scan.asset?.name ?? scan.asset_named ?? scan.file_name ?? scan.id}
          </Link>
          {scan.state !== "done" && (
            <Chip tone={scan.state === "failed" ? "danger" : scan.state === "held" ? "warn" : "plain"}>
              {SCAN_STATE_WORD[scan.state]}
            </Chip>
          )}
          <Notes scan={scan} />
        </span>
        <span className="num mt-1 flex gap-x-2 text-xs text-muted desk:hidden">
          <span className="shrink-0">{scan.scanner ? scannerName(scan.scanner) : "–"}</span>
          <span dir="auto" className="min-w-0 truncate text-left font-mono text-code">
            {scan.ref}
          </span>
          <span className="flex-1" />
          {added > 0 && <span className="font-medium text-danger">{formatChange(added)} new</span>}
          {closed > 0 && <span className="font-medium text-success">{formatChange(-closed)} closed</span>}
          <Time at={scan.accepted_at} />
        </span>
      </Td>
      <Td className="whitespace-nowrap phone:hidden">
        {scan.scanner ? scannerName(scan.scanner) : <span className="text-muted">–</span>}
      </Td>
      <Td className="max-w-56 truncate phone:hidden">
        <bdi className="font-mono text-code" title={scan.ref ?? undefined}>
          {scan.ref}
        </bdi>
      </Td>
      <Td isRight className="hidden peek:table-cell">
        {counts && formatNumber(counts.reported)}
      </Td>
      <Td isRight className={cx("phone:hidden", added > 0 ? "font-medium text-danger" : "text-muted")}>
        {counts && formatChange(added)}
      </Td>
      <Td isRight className={cx("phone:hidden", closed > 0 ? "font-medium text-success" : "text-muted")}>
        {counts && formatChange(-closed)}
      </Td>
      <Td isRight className="hidden text-muted peek:table-cell">
        {took === null ? "–" : formatDuration(took)}
      </Td>
      <Td isRight className="text-muted phone:hidden">
        <Time at={scan.accepted_at} />
      </Td>
    </Tr>
  );
}

/** What else there is to know of it, in the fewest words. */
function Notes({ scan }: { scan: Scan }) {
  return (
    <span className="flex shrink-0 gap-2 text-xs">
      {scan.parts && <span className="text-muted">{plural(scan.parts.total, "asset")}</span>}
      {scan.dry_run && <span className="text-muted">dry run</span>}
      {scan.undone && <span className="text-warn">undone</span>}
      {unread(scan).length > 0 && (
        <span className="text-warn">{formatNumber(unread(scan).length)} not read</span>
      )}
      {remarks(scan).length > 0 && (
        <span className="text-muted">{plural(remarks(scan).length, "remark")}</span>
      )}
    </span>
  );
}
