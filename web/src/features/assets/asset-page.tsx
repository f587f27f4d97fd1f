/** One asset: what is open on it, its refs, its newest scans, and the acts on itself. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { FileDown, ListChecks, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { isProblem } from "@/api/problem";
import { useMay } from "@/api/session";
import type { Asset } from "@/api/types";
import { filterOf } from "@/lib/filter-link";
import { formatNumber, plural } from "@/lib/format";
import { SEVERITIES, scannerName } from "@/lib/words";
import { Button, buttonStyle } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Confirm } from "@/ui/confirm";
import { Fact, Facts } from "@/ui/fact";
import { FindingsLink } from "@/ui/findings-link";
import { Page } from "@/ui/page";
import { Panel } from "@/ui/panel";
import { Bar } from "@/ui/progress";
import { SEVERITY_FILL, SeverityLabel } from "@/ui/severity";
import { EmptyState, ErrorState, Skeleton, SkeletonRows } from "@/ui/state";
import { Time } from "@/ui/time";
import { showToast } from "@/ui/toast";
import { EditAssetDialog } from "./asset-form";
import { assetKindName } from "./asset-kinds";
import { LastScan, openFindingsOf } from "./asset-row";
import { IdentifierTable } from "./identifier-table";
import { NewestScans } from "./newest-scans";
import { assetQuery, useDeleteAsset } from "./queries";
import { RefTable } from "./ref-table";
import { UrgentFindings } from "./urgent-findings";

export function AssetPage({ id, onGone }: { id: string; onGone: () => void }) {
  const { data, error, refetch } = useQuery(assetQuery(id));
  const crumb = (
    <Link to={"/assets" as string} className="link">
      Assets
    </Link>
  );
  return (
    <Page title={data?.name ?? "Asset"} scope={crumb}>
      {data ? (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 peek:grid-cols-2">
          <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
            <Summary asset={data} onGone={onGone} />
            <UrgentFindings asset={data} />
          </div>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
            <NewestScans asset={data} />
            <RefTable asset={data} />
            <IdentifierTable asset={data} />
          </div>
        </div>
      ) : isProblem(error, 404) ? (
        <Panel>
          <EmptyState
            title="There is no such asset"
            action={
              <Link to={"/assets" as string} className={buttonStyle()}>
                All assets
              </Link>
            }
          >
            It was deleted, or it belongs to an organization that you are not in.
          </EmptyState>
        </Panel>
      ) : error ? (
        <Panel>
          <ErrorState error={error} title="The asset could not be loaded" onRetry={() => void refetch()} />
        </Panel>
      ) : (
        <Panel className="grid gap-3 p-4">
          <Skeleton className="h-6 w-1/3" />
          <Skeleton className="h-14 w-full" />
          <SkeletonRows count={5} />
        </Panel>
      )}
    </Page>
  );
}

function Summary({ asset, onGone }: { asset: Asset; onGone: () => void }) {
  const mayWrite = useMay("assets:write");
  const mayReadFindings = useMay("findings:read");
  const [dialog, setDialog] = useState<"edit" | "delete" | null>(null);
  const close = () => setDialog(null);
  const { name, kind, tags, open_findings, scanners } = asset;
  return (
    <Panel className="grid gap-4 p-4">
      <div className="grid gap-2">
        <div className="flex flex-wrap items-center gap-1.5">
          {/* The bar above cuts it off. */}
          {name.length > 24 && (
            <span
              dir="auto"
              className={cx(
                "basis-full text-left font-medium text-strong break-all",
                name.length < 90 && "desk:hidden",
              )}
            >
              {name}
            </span>
          )}
          <span className="mr-1 text-muted">{assetKindName(kind)}</span>
          {tags.map((tag) => (
            <FindingsLink
              key={tag}
              q={`${filterOf("asset.tag", tag)} is:open`}
              label={`Findings tagged ${tag}`}
            >
              <Chip>{tag}</Chip>
            </FindingsLink>
          ))}
        </div>
        <h2 className="text-xl leading-snug tracking-tight break-words">
          {open_findings === 0 ? "Nothing is open" : plural(open_findings, "open finding")}
        </h2>
      </div>
      <div className="no-print flex flex-wrap gap-2">
        <FindingsLink q={openFindingsOf(asset)} className={buttonStyle({ look: "filled" })}>
          <ListChecks size={15} aria-hidden="true" />
          Open findings
        </FindingsLink>
        {mayReadFindings && (
          <a
            href={`/api/v1/assets/${asset.id}/vex`}
            download
            className={buttonStyle()}
            title="What has been decided here, for others to take in: OpenVEX"
          >
            <FileDown size={14} aria-hidden="true" />
            Export VEX
          </a>
        )}
        {mayWrite && (
          <>
            <Button onClick={() => setDialog("edit")}>
              <Pencil size={14} aria-hidden="true" />
              Edit
            </Button>
            <Button look="danger" onClick={() => setDialog("delete")} className="ml-auto">
              <Trash2 size={14} aria-hidden="true" />
              Delete
            </Button>
          </>
        )}
      </div>
      {open_findings > 0 && <SeverityList asset={asset} />}
      <Facts>
        <Fact label="Last scan">
          <LastScan at={asset.last_scan_at} />
        </Fact>
        <Fact label="Scanners">
          {scanners.length > 0 ? (
            scanners.map(scannerName).join(", ")
          ) : (
            <span className="font-regular text-muted">none yet</span>
          )}
        </Fact>
        <Fact label="Default ref">
          <span className="font-mono text-xs break-all">{asset.default_ref ?? "–"}</span>
        </Fact>
        <Fact label="Since">
          <Time at={asset.created_at} />
        </Fact>
      </Facts>
      {dialog === "edit" && <EditAssetDialog asset={asset} onClose={close} />}
      {dialog === "delete" && <DeleteDialog asset={asset} onClose={close} onGone={onGone} />}
    </Panel>
  );
}

function SeverityList({ asset }: { asset: Asset }) {
  const most = Math.max(1, ...SEVERITIES.map((severity) => asset.by_severity[severity] ?? 0));
  return (
    <ul aria-label="Open findings by severity" className="grid">
      {SEVERITIES.filter((severity) => (asset.by_severity[severity] ?? 0) > 0).map((severity) => {
        const count = asset.by_severity[severity] ?? 0;
        return (
          <li key={severity} className="grid grid-cols-[88px_minmax(0,1fr)_48px] items-center gap-3">
            <SeverityLabel severity={severity} />
            <Bar share={count / most} fill={SEVERITY_FILL[severity]} />
            <FindingsLink
              q={`${openFindingsOf(asset)} severity:${severity}`}
              label={`${plural(count, `open ${severity} finding`)}`}
              className="link num flex h-6 items-center justify-end rounded-sm"
            >
              {formatNumber(count)}
            </FindingsLink>
          </li>
        );
      })}
    </ul>
  );
}

function DeleteDialog({ asset, onClose, onGone }: { asset: Asset; onClose: () => void; onGone: () => void }) {
  const remove = useDeleteAsset(asset, () => {
    showToast({ text: `${asset.name} was deleted` });
    onGone();
  });
  return (
    <Confirm
      title={`Delete ${asset.name}?`}
      action="Delete asset"
      typedName={asset.name}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <p>
        Its {plural(asset.open_findings, "open finding")}, its closed ones, their decisions and comments, and
        all of its scans go with it. This cannot be undone.
      </p>
    </Confirm>
  );
}
