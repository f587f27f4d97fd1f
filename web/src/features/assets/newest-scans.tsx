/** The last scans of one asset, and what each changed. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import type { Asset, Scan } from "@/api/types";
import { formatChange, formatNumber } from "@/lib/format";
import { SCAN_STATE_WORD, scannerName } from "@/lib/words";
import { Chip, type ChipTone } from "@/ui/chip";
import { Code } from "@/ui/code";
import { Panel, PanelHead } from "@/ui/panel";
import { ErrorState, SkeletonRows } from "@/ui/state";
import { Table, TableHead, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { newestScansQuery } from "./queries";

const TONE: Partial<Record<Scan["state"], ChipTone>> = { held: "warn", failed: "danger" };

export function NewestScans({ asset }: { asset: Asset }) {
  const { data, error, isPending, refetch } = useQuery(newestScansQuery(asset.id));
  const command = `hauberk upload report.sarif --asset ${shellWord(asset.name)}${asset.default_ref ? ` --ref ${shellWord(asset.default_ref)}` : ""}`;
  return (
    <Panel>
      <PanelHead title="Newest scans">
        {data && data.total > data.items.length && (
          <Link to="/scans" search={{ asset: asset.id }} className="link">
            All {formatNumber(data.total)}
          </Link>
        )}
      </PanelHead>
      {error ? (
        <ErrorState error={error} title="The scans could not be loaded" onRetry={() => void refetch()} />
      ) : isPending ? (
        <div className="desk:pt-[30px]">
          <SkeletonRows count={6} height="h-(--row-table)" />
        </div>
      ) : data.items.length === 0 ? (
        <div className="grid gap-2 px-4 pb-4">
          <p className="text-muted">No report of this asset has come in. Send one:</p>
          <Code canCopy head="From a terminal" text={command} />
        </div>
      ) : (
        <Table label="Newest scans">
          <TableHead>
            <Th>Scanner</Th>
            <Th>Ref</Th>
            <Th isRight>New</Th>
            <Th isRight>Closed</Th>
            <Th isRight>When</Th>
          </TableHead>
          <tbody>
            {data.items.map((scan) => (
              <ScanRow key={scan.id} scan={scan} />
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

function ScanRow({ scan }: { scan: Scan }) {
  const counts = scan.counts?.findings;
  return (
    <Tr className="relative">
      <Td className="w-full max-w-0 min-w-40 phone:py-2">
        <span className="flex min-w-0 items-center gap-2">
          <Link
            to={`/scans/${scan.id}` as string}
            className="truncate font-medium text-strong after:absolute after:inset-0 hover:underline"
          >
            {scan.scanner ? scannerName(scan.scanner) : (scan.file_name ?? "Report")}
          </Link>
          {scan.state !== "done" && (
            <Chip size="sm" tone={TONE[scan.state]}>
              {SCAN_STATE_WORD[scan.state]}
            </Chip>
          )}
        </span>
        <span className="num mt-0.5 flex gap-2 text-xs text-muted desk:hidden">
          <span
            dir="auto"
            className="min-w-0 flex-1 truncate text-left font-mono"
            title={scan.ref ?? undefined}
          >
            {scan.ref}
          </span>
          {counts && counts.new > 0 && <span className="text-danger">{formatChange(counts.new)} new</span>}
          {counts && counts.closed > 0 && (
            <span className="text-success">{formatChange(-counts.closed)} closed</span>
          )}
        </span>
      </Td>
      <Td className="max-w-48 truncate font-mono text-xs phone:hidden">
        <span title={scan.ref ?? undefined}>{scan.ref}</span>
      </Td>
      {counts ? (
        <>
          <Td isRight className={cx("phone:hidden", counts.new > 0 ? "text-danger" : "text-muted")}>
            {formatChange(counts.new)}
          </Td>
          <Td isRight className={cx("phone:hidden", counts.closed > 0 ? "text-success" : "text-muted")}>
            {formatChange(-counts.closed)}
          </Td>
        </>
      ) : (
        <Td colSpan={2} className="phone:hidden" />
      )}
      <Td isRight className="text-muted">
        <Time at={scan.accepted_at} />
      </Td>
    </Tr>
  );
}

/** Quoted for a shell where it must be. */
function shellWord(word: string): string {
  return /^[\w./:@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
