/** Sending reports and watching them come in: held ones first, then what runs, then what is done. */
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useMay } from "@/api/session";
import type { Scan, ScanState } from "@/api/types";
import { formatBytes, plural } from "@/lib/format";
import { scannerName } from "@/lib/words";
import { Button } from "@/ui/button";
import { Page } from "@/ui/page";
import { PAGE_SIZE, Pager } from "@/ui/pager";
import { Panel, PanelHead } from "@/ui/panel";
import { Segmented } from "@/ui/segmented";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/state";
import { DropZone } from "./drop-zone";
import { FailedCard } from "./failed-card";
import { FILTERS } from "./filters";
import { HeldCard } from "./held-card";
import { pendingQuery, scansQuery } from "./queries";
import { ScanCard } from "./scan-card";
import { ScanTable } from "./scan-table";
import { UnfinishedUploads } from "./unfinished-uploads";
import { UploadCard } from "./upload-card";
import { type Upload, useUploads } from "./uploads";

const DAY = 86_400_000;
/** So many held scans are shown in full; of more, each is a line to unfold, and the rest are in the list. */
const FEW_HELD = 2;
const MOST_HELD = 5;
const FormatList = lazy(() => import("./format-list").then((module) => ({ default: module.FormatList })));

export type ScansState = { state?: ScanState; asset?: string; scanner?: string; page: number };

type ScansPageProps = { state: ScansState; onState: (state: ScansState) => void };

export function ScansPage({ state, onState }: ScansPageProps) {
  const mayUpload = useMay("scans:write");
  const uploads = useUploads();
  const [areFormatsShown, showFormats] = useState(false);
  const list = useQuery(scansQuery({ ...state, size: PAGE_SIZE }));
  const isNarrowed = Boolean(state.state ?? state.asset ?? state.scanner);
  const heldOnes = useQuery(pendingQuery("held"));
  const runningOnes = useQuery(pendingQuery("running"));
  const waitingOnes = useQuery(pendingQuery("accepted"));
  const { items: held = [], total: heldInAll = 0 } = heldOnes.data ?? {};
  const running = runningOnes.data?.items ?? [];
  const waiting = waitingOnes.data?.items ?? [];
  // What stands above the list comes first, or the list would be pushed down under the pointer.
  const isPlaced = ![heldOnes, runningOnes, waitingOnes].some(
    (query) => query.isPending && query.failureCount === 0,
  );
  const own = new Set(uploads.flatMap((upload) => (upload.scan ? [upload.scan.id] : [])));
  const foreign = (scans: Scan[]) => scans.filter((scan) => !own.has(scan.id));
  const failed = foreign(list.data?.items ?? []).filter(
    (scan) => scan.state === "failed" && Date.now() - Date.parse(scan.accepted_at) < DAY,
  );
  const aside = failed.length + foreign(waiting).length > 0;
  return (
    <Page title="Scans">
      <div className={aside ? "grid items-start gap-4 wide:grid-cols-[minmax(0,1fr)_380px]" : "grid gap-4"}>
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3">
          {mayUpload && <DropZone onShowFormats={() => showFormats(true)} />}
          {uploads.map((upload) => (
            <UploadCard key={upload.id} upload={upload} />
          ))}
          {mayUpload && <UnfinishedUploads sending={uploads} />}
          {foreign(held)
            .slice(0, MOST_HELD)
            .map((scan) => (
              <HeldCard key={scan.id} scan={scan} isOneOfMany={held.length > FEW_HELD} />
            ))}
          {heldInAll > MOST_HELD && (
            <button
              type="button"
              className="link justify-self-start px-4 text-xs"
              onClick={() => onState({ state: "held", page: 1 })}
            >
              List all {plural(heldInAll, "held scan")}
            </button>
          )}
          {foreign(running).map((scan) => (
            <ScanCard key={scan.id} scan={scan} />
          ))}
          <Panel label="All scans" className={isPlaced ? undefined : "hidden"}>
            <PanelHead title="Came in" note={list.data ? plural(list.data.total, "scan") : undefined}>
              <Segmented
                label="State"
                value={state.state ?? "all"}
                choices={FILTERS}
                onChange={(value) =>
                  onState({ ...state, state: value === "all" ? undefined : value, page: 1 })
                }
              />
            </PanelHead>
            <Narrowed state={state} scans={list.data?.items ?? []} onState={onState} />
            {list.isPending && <SkeletonRows count={8} />}
            {list.error && !list.data && (
              <ErrorState
                title="The scans could not be loaded"
                error={list.error}
                onRetry={() => void list.refetch()}
              />
            )}
            {list.data?.items.length === 0 && (
              <NoScan
                isSending={uploads.some(isOnItsWay)}
                onAll={isNarrowed ? () => onState({ page: 1 }) : undefined}
              />
            )}
            {list.data && list.data.items.length > 0 && <ScanTable scans={list.data.items} />}
            {list.data && (
              <Pager
                label="scans"
                page={state.page}
                shown={list.data.items.length}
                total={list.data.total}
                isExact={list.data.total_is_exact}
                onChange={(page) => onState({ ...state, page })}
              />
            )}
          </Panel>
        </div>
        {aside && (
          <aside aria-label="Failed and waiting" className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3">
            {failed.slice(0, 3).map((scan) => (
              <FailedCard key={scan.id} scan={scan} />
            ))}
            <Waiting scans={foreign(waiting)} />
          </aside>
        )}
      </div>
      {areFormatsShown && (
        <Suspense>
          <FormatList onClose={() => showFormats(false)} />
        </Suspense>
      )}
    </Page>
  );
}

/** What else the list is narrowed to, each to be taken away: pages of assets and scans lead here so. */
function Narrowed({ state, scans, onState }: { scans: Scan[] } & ScansPageProps) {
  const { asset, scanner } = state;
  if (!asset && !scanner) return null;
  const name = scans.find((scan) => scan.asset?.id === asset)?.asset?.name ?? asset;
  return (
    <p className="flex flex-wrap items-center gap-2 px-4 pb-2 text-xs text-muted">
      Only
      {asset && <Taken name={`of ${name}`} onTake={() => onState({ ...state, asset: undefined, page: 1 })} />}
      {scanner && (
        <Taken
          name={`by ${scannerName(scanner)}`}
          onTake={() => onState({ ...state, scanner: undefined, page: 1 })}
        />
      )}
    </p>
  );
}

function Taken({ name, onTake }: { name: string; onTake: () => void }) {
  return (
    <Button size="sm" className="max-w-full" aria-label={`Not only ${name}`} onClick={onTake}>
      <span className="truncate">{name}</span>
      <X size={13} aria-hidden="true" />
    </Button>
  );
}

const isOnItsWay = ({ state }: Upload) => state !== "refused";

/** `onAll` where only some are asked for. */
function NoScan({ isSending, onAll }: { isSending: boolean; onAll?: () => void }) {
  if (onAll)
    return (
      <EmptyState title="No scan is like this" action={<Button onClick={onAll}>Show all scans</Button>} />
    );
  if (isSending)
    return (
      <EmptyState title="The first report is on its way">It is listed here as soon as it is read.</EmptyState>
    );
  return (
    <EmptyState title="No report was sent yet">
      Drop a file above, or let a pipeline send it with hauberk upload.
    </EmptyState>
  );
}

function Waiting({ scans }: { scans: Scan[] }) {
  if (scans.length === 0) return null;
  return (
    <Panel label="Waiting">
      <PanelHead title="Waiting" note={`${plural(scans.length, "scan")} in line`} />
      <ul>
        {scans.map((scan) => (
          <li key={scan.id} className="grid h-[52px] content-center border-t border-faint px-4">
            <span className="truncate font-medium text-strong">{scan.file_name ?? scan.id}</span>
            <span className="truncate text-xs text-muted">
              {[scan.asset?.name, scan.size_bytes !== null && formatBytes(scan.size_bytes)]
                .filter(Boolean)
                .join(" · ")}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
