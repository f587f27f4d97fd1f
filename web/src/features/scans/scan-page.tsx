/** One scan: what it read, what it changed and why, what it could not read. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ChangeKind, Scan } from "@/api/types";
import { filterOf } from "@/lib/filter-link";
import { formatBytes, formatDuration, plural } from "@/lib/format";
import { SCAN_STATE_WORD, scannerName } from "@/lib/words";
import { buttonStyle } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { CopyButton } from "@/ui/copy-button";
import { Fact, Facts } from "@/ui/fact";
import { Page } from "@/ui/page";
import { Panel } from "@/ui/panel";
import { Segmented } from "@/ui/segmented";
import { ErrorState, Skeleton } from "@/ui/state";
import { Time } from "@/ui/time";
import { DryRunCard } from "./dry-run-card";
import { ScanError } from "./failed-card";
import { HeldCard } from "./held-card";
import { PreviewCard } from "./preview-card";
import { scanQuery } from "./queries";
import { ResultCounts } from "./result-counts";
import { ScanCard } from "./scan-card";
import { ScanChanges } from "./scan-changes";
import { ActFailed, ScanOrders } from "./scan-orders";
import { ScanParts } from "./scan-parts";
import { NotRead, Remarks } from "./scan-problems";
import { UndoneCard } from "./undone-card";
import { isUnderWay } from "./use-scan-events";
import type { View } from "./views";

/** Of a report that covers several assets, what is listed below it: its assets, unless it is its changes. */

type ScanPageProps = {
  id: string;
  page: number;
  change?: ChangeKind;
  view?: View;
  onPage: (page: number) => void;
  onChange: (change?: ChangeKind) => void;
  onView: (view?: View) => void;
};

export function ScanPage({ id, page, change, view, onPage, onChange, onView }: ScanPageProps) {
  const { data: scan, error, refetch } = useQuery(scanQuery(id));
  const scope = (
    <span className="flex min-w-0 items-center gap-1 font-mono text-code text-muted">
      <span className="truncate phone:hidden">{id}</span> <CopyButton text={id} label="Copy the id" />
    </span>
  );
  const action = scan?.state === "done" && !scan.dry_run && !scan.undone && !scan.parts && (
    <Link to="/findings" search={{ q: filterOf("scan", id) }} className={buttonStyle()}>
      <span className="phone:hidden">Its findings</span>
      <span className="desk:hidden">Findings</span>
    </Link>
  );
  return (
    <Page title="Scan" scope={scope} action={action}>
      {error && !scan && (
        <Panel>
          <ErrorState title="The scan could not be loaded" error={error} onRetry={() => void refetch()} />
        </Panel>
      )}
      {!scan && !error && <Skeleton className="h-60 w-full rounded-lg" />}
      {scan && (
        <>
          {isUnderWay(scan.state) && <ScanCard scan={scan} />}
          {scan.preview_of && !isUnderWay(scan.state) && <PreviewCard scan={scan} of={scan.preview_of} />}
          {scan.dry_run && !scan.preview_of && scan.state === "done" && <DryRunCard scan={scan} />}
          <UndoneCard scan={scan} />
          {scan.act?.error && !scan.dry_run && <ActFailed act={scan.act} />}
          {scan.state === "held" && <HeldCard scan={scan} isOnItsPage />}
          <Panel className="px-4 py-3" label="The scan">
            <Head scan={scan} />
            {scan.state === "failed" && <ScanError scan={scan} />}
            <ScanFacts scan={scan} />
            <Remarks scan={scan} />
            <ScanOrders scan={scan} />
          </Panel>
          <ResultCounts scan={scan} change={change} />
          {scan.parts && (
            <Segmented
              label="What is listed"
              value={view ?? "assets"}
              choices={[
                { value: "assets", label: "Its assets" },
                { value: "changes", label: "Its changes" },
              ]}
              onChange={(next) => onView(next === "changes" ? next : undefined)}
              className="justify-self-start"
            />
          )}
          {scan.parts && view !== "changes" && <ScanParts scan={scan} page={page} onPage={onPage} />}
          {!isUnderWay(scan.state) && !scan.undone && (scan.parts ? view === "changes" : wasRead(scan)) && (
            <ScanChanges
              id={id}
              isHeld={scan.held !== null}
              isDryRun={scan.dry_run}
              page={page}
              change={change}
              onPage={onPage}
              onChange={onChange}
            />
          )}
          <NotRead scan={scan} />
        </>
      )}
    </Page>
  );
}

const wasRead = ({ state }: Scan) => state === "done" || state === "held";

function Head({ scan }: { scan: Scan }) {
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2">
      <h2 className="min-w-0 truncate text-lg tracking-tight">{scan.file_name ?? scan.id}</h2>
      {scan.undone ? (
        <Chip tone="warn">Undone</Chip>
      ) : (
        <Chip
          tone={
            scan.state === "failed"
              ? "danger"
              : scan.state === "held"
                ? "warn"
                : scan.state === "done"
                  ? "success"
                  : "plain"
          }
        >
          {SCAN_STATE_WORD[scan.state]}
        </Chip>
      )}
      {scan.dry_run && !scan.preview_of && <Chip>Dry run: nothing was changed</Chip>}
      {scan.partial && <Chip>Partial</Chip>}
      {scan.part_of && (
        <Link to="/scans/$id" params={{ id: scan.part_of }} className="link text-xs">
          Part of a report about several assets
        </Link>
      )}
      {scan.superseded_by && (
        <Link to="/scans/$id" params={{ id: scan.superseded_by }} className="link text-xs">
          A newer scan took its place
        </Link>
      )}
    </div>
  );
}

function ScanFacts({ scan }: { scan: Scan }) {
  const took =
    scan.started_at && scan.finished_at
      ? formatDuration(Date.parse(scan.finished_at) - Date.parse(scan.started_at))
      : "–";
  return (
    <Facts className="mt-3">
      <Fact label="Asset">
        {scan.parts ? (
          plural(scan.parts.total, "asset")
        ) : scan.asset ? (
          <Link to="/assets/$id" params={{ id: scan.asset.id }} className="link">
            {scan.asset.name}
          </Link>
        ) : (
          (scan.asset_named ?? "–")
        )}
      </Fact>
      <Fact label="Ref">{scan.ref ?? "default"}</Fact>
      <Fact label="Scanner">
        {scan.scanner && scan.asset ? (
          <Link
            to="/scans"
            search={{ asset: scan.asset.id, scanner: scan.scanner }}
            className="link"
            title="The scans of this asset by this scanner"
          >
            {`${scannerName(scan.scanner)} ${scan.tool_version ?? ""}`}
          </Link>
        ) : (
          (scan.scanner ?? "–")
        )}
      </Fact>
      <Fact label="Format">{scan.format ?? "–"}</Fact>
      <Fact label="Size">{scan.size_bytes === null ? "–" : formatBytes(scan.size_bytes)}</Fact>
      <Fact label="Scanned">{scan.scanned_at ? <Time at={scan.scanned_at} /> : "not said"}</Fact>
      <Fact label="Came in">
        <Time at={scan.accepted_at} />
      </Fact>
      <Fact label="Took">{took}</Fact>
      <Fact label="Sent by">{scan.uploaded_by?.name ?? "–"}</Fact>
    </Facts>
  );
}
