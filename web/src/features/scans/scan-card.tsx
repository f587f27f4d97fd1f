/** One scan as it comes in: its phases, then what it changed. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { CircleCheck, Clock, RefreshCw, X } from "lucide-react";
import type { Scan, ScanPhase } from "@/api/types";
import { filterOf } from "@/lib/filter-link";
import { formatBytes, formatDuration, formatNumber, plural } from "@/lib/format";
import { scannerName } from "@/lib/words";
import { buttonStyle, IconButton } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Panel } from "@/ui/panel";
import { Bar } from "@/ui/progress";
import { FailedCard } from "./failed-card";
import { HeldCard } from "./held-card";
import { Remarks, unread } from "./scan-problems";
import { isUnderWay, useScanEvents } from "./use-scan-events";

const PHASES: { phase: ScanPhase; label: string }[] = [
  { phase: "waiting", label: "Received" },
  { phase: "reading", label: "Read" },
  { phase: "comparing", label: "Compared" },
  { phase: "writing", label: "Stored" },
];

function describeScan(scan: Scan): string {
  const parts = [
    scan.asset?.name,
    scan.ref,
    scan.scanner && [scannerName(scan.scanner), scan.tool_version].filter(Boolean).join(" "),
    scan.size_bytes !== null && formatBytes(scan.size_bytes),
  ];
  return parts.filter(Boolean).join(" · ");
}

export function ScanCard({ scan: given, onDismiss }: { scan: Scan; onDismiss?: () => void }) {
  const scan = useScanEvents(given);
  if (scan.state === "held") return <HeldCard scan={scan} />;
  if (scan.state === "failed") return <FailedCard scan={scan} onDismiss={onDismiss} />;
  const name = scan.file_name ?? scan.id;
  return (
    <Panel label={name} className="px-4 py-3">
      <div className="flex items-center gap-3">
        {scan.state === "done" ? (
          <CircleCheck size={16} aria-hidden="true" className="text-mark-success" />
        ) : scan.state === "running" ? (
          <RefreshCw size={16} aria-hidden="true" className="text-muted" />
        ) : (
          <Clock size={16} aria-hidden="true" className="text-muted" />
        )}
        <span className="min-w-0 flex-1">
          <Link
            to="/scans/$id"
            params={{ id: scan.id }}
            dir="auto"
            title={name}
            className="block truncate text-left font-medium text-strong hover:underline"
          >
            {name}
          </Link>
          <span className="block truncate text-xs text-muted">{describeScan(scan)}</span>
        </span>
        {scan.dry_run && <Chip>Dry run</Chip>}
        {isUnderWay(scan.state) && <Remaining scan={scan} />}
        {onDismiss && !isUnderWay(scan.state) && (
          <IconButton label={`Put ${name} away`} size="sm" onClick={onDismiss}>
            <X size={15} />
          </IconButton>
        )}
      </div>
      {isUnderWay(scan.state) ? <Phases scan={scan} /> : <Result scan={scan} />}
    </Panel>
  );
}

function Remaining({ scan: { progress } }: { scan: Scan }) {
  if (!progress || progress.eta_seconds === null) return null;
  return (
    <span className="num text-right text-xs">
      <span className="block font-medium text-strong">
        about {formatDuration(progress.eta_seconds * 1000)} left
      </span>
      {progress.findings_per_second !== null && (
        <span className="block text-muted">{formatNumber(progress.findings_per_second)} results/s</span>
      )}
    </span>
  );
}

function shareRead({ progress }: Scan): number {
  if (!progress?.bytes_total || progress.bytes_read === null) return 0;
  return Math.min(1, progress.bytes_read / progress.bytes_total);
}

function Phases({ scan }: { scan: Scan }) {
  const phase = scan.progress?.phase ?? "waiting";
  const at = Math.max(
    0,
    PHASES.findIndex((each) => each.phase === phase),
  );
  const read = scan.progress?.findings_read ?? 0;
  return (
    <>
      <ol className="mt-3 grid grid-cols-4 gap-1.5" aria-label="Phases">
        {PHASES.map((each, index) => (
          <li
            key={each.phase}
            aria-current={index === at ? "step" : undefined}
            className={cx(
              "grid gap-1 text-xs",
              index <= at ? "text-strong" : "text-muted",
              index === at && "font-medium",
            )}
          >
            <Bar
              share={
                index < at || phase === "done"
                  ? 1
                  : index === at
                    ? phase === "reading"
                      ? shareRead(scan)
                      : phase === "waiting"
                        ? 1
                        : 0.5
                    : 0
              }
              fill="fill-mark-accent"
            />
            {each.label}
          </li>
        ))}
      </ol>
      <p className="num mt-2 text-xs text-muted">
        {phase === "waiting" ? "Waiting for its turn" : `${plural(read, "result")} read so far`}
      </p>
    </>
  );
}

function Result({ scan }: { scan: Scan }) {
  const { counts } = scan;
  if (!counts)
    return (
      <p className="mt-2 text-xs text-muted">
        {scan.state === "cancelled" ? "Discarded. No finding was changed by it." : "No counts were kept."}
      </p>
    );
  const { findings } = counts;
  const isQuiet = findings.new + findings.reopened + findings.closed === 0 && !scan.held;
  return (
    <>
      <div className="mt-2.5 flex flex-wrap items-center gap-x-4 gap-y-2 text-xs">
        {isQuiet ? (
          <span>Nothing changed: every result was known.</span>
        ) : (
          <>
            <Tally value={findings.new} word="new" tone="text-danger" sign="+" />
            <Tally value={findings.reopened} word="reopened" tone="text-danger" sign="+" />
            <Tally value={findings.closed} word="closed" tone="text-success" sign="−" />
          </>
        )}
        {scan.held && (
          <span className="font-medium text-warn">
            It would be held: {plural(scan.held.would_close, "finding")} would close
          </span>
        )}
        <span className="num text-muted">
          {plural(counts.reported, "result")} read
          {unread(scan).length > 0 && `, ${formatNumber(unread(scan).length)} not`}
        </span>
        {!scan.dry_run && findings.new > 0 && (
          <Link
            to="/findings"
            search={{ q: `${filterOf("scan", scan.id)} is:open` }}
            className={buttonStyle({ size: "sm", className: "ml-auto" })}
          >
            See the findings
          </Link>
        )}
      </div>
      <Remarks scan={scan} />
    </>
  );
}

function Tally({ value, word, tone, sign }: { value: number; word: string; tone: string; sign: string }) {
  return (
    <span className="num">
      <span className={cx("font-medium", value > 0 ? tone : "text-muted")}>
        {value > 0 && sign}
        {formatNumber(value)}
      </span>{" "}
      {word}
    </span>
  );
}
