/** What came in, newest first: new and closed before everything else. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import type { Scan } from "@/api/types";
import { formatChange, formatDuration, formatNumber, plural } from "@/lib/format";
import { SCAN_STATE_WORD, scannerName } from "@/lib/words";
import { Chip } from "@/ui/chip";
import { Table, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { remarks, unread } from "./scan-problems";

export function ScanTable({ scans }: { scans: Scan[] }) {
  return (
    <Table label="Scans">
      <thead>
        <tr>
          <Th>Asset</Th>
          <Th>Scanner</Th>
          <Th className="phone:hidden">Ref</Th>
          <Th isRight className="phone:hidden">
            Results
          </Th>
          <Th isRight>New</Th>
          <Th isRight>Closed</Th>
          <Th isRight className="phone:hidden">
            Took
          </Th>
          <Th isRight>When</Th>
        </tr>
      </thead>
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
      <Td>
        <Link
          to="/scans/$id"
          params={{ id: scan.id }}
          className="font-medium text-strong after:absolute after:inset-0"
        >
          {scan.asset?.name ?? scan.file_name ?? scan.id}
        </Link>
        {scan.parts && <span className="ml-2 text-xs text-muted">{plural(scan.parts.total, "asset")}</span>}
        {scan.dry_run && <span className="ml-2 text-xs text-muted">dry run</span>}
        {scan.undone && <span className="ml-2 text-xs text-warn">undone</span>}
        {unread(scan).length > 0 && (
          <span className="ml-2 text-xs text-warn">{formatNumber(unread(scan).length)} not read</span>
        )}
        {remarks(scan).length > 0 && (
          <span className="ml-2 text-xs text-muted">{plural(remarks(scan).length, "remark")}</span>
        )}
      </Td>
      <Td>{scan.scanner ? scannerName(scan.scanner) : <span className="text-muted">–</span>}</Td>
      <Td className="phone:hidden">
        <span className="font-mono text-code">{scan.ref}</span>
      </Td>
      {counts ? (
        <>
          <Td isRight className="phone:hidden">
            {formatNumber(counts.reported)}
          </Td>
          <Td isRight className={added > 0 ? "font-medium text-danger" : "text-muted"}>
            {formatChange(added)}
          </Td>
          <Td isRight className={cx(closed > 0 ? "font-medium text-success" : "text-muted")}>
            {formatChange(-closed)}
          </Td>
        </>
      ) : (
        <>
          <Td className="phone:hidden" />
          <Td isRight colSpan={2}>
            <Chip tone={scan.state === "failed" ? "danger" : scan.state === "held" ? "warn" : "plain"}>
              {SCAN_STATE_WORD[scan.state]}
            </Chip>
          </Td>
        </>
      )}
      <Td isRight className="text-muted phone:hidden">
        {took === null ? "–" : formatDuration(took)}
      </Td>
      <Td isRight className="text-muted">
        <Time at={scan.accepted_at} />
      </Td>
    </Tr>
  );
}
