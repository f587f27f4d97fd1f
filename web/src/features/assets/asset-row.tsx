/** One asset in one line: what it is, what is open on it, and when it was last looked at. */
import { Link } from "@tanstack/react-router";
import type { Asset } from "@/api/types";
import { filterOf } from "@/lib/filter-link";
import { formatNumber, plural } from "@/lib/format";
import { scannerName } from "@/lib/words";
import { Chip } from "@/ui/chip";
import { FindingsLink } from "@/ui/findings-link";
import { SeverityCounts } from "@/ui/severity-counts";
import { Td, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { assetKindName } from "./asset-kinds";

export function openFindingsOf(asset: Pick<Asset, "name">): string {
  return `${filterOf("asset", asset.name)} is:open`;
}

export function LastScan({ at }: { at: string | null }) {
  return at === null ? (
    <Chip tone="warn" size="sm">
      Never scanned
    </Chip>
  ) : (
    <Time at={at} />
  );
}

function describeRefs(refs: Asset["refs"]): string {
  const tracked = refs.filter((ref) => ref.is_tracked).length;
  return tracked === refs.length
    ? formatNumber(refs.length)
    : `${formatNumber(tracked)} of ${formatNumber(refs.length)}`;
}

export function AssetRow({ asset }: { asset: Asset }) {
  const { id, name, kind, tags, refs, scanners, open_findings } = asset;
  const scannerNames = scanners.map(scannerName);
  return (
    <Tr className="relative has-[[data-row-link]:focus-visible]:bg-hover has-[[data-row-link]:focus-visible]:[box-shadow:inset_3px_0_0_var(--accent)]">
      <Td className="w-full max-w-0 py-2 phone:pr-4">
        <div className="flex min-w-0 items-center gap-2">
          <Link
            to={`/assets/${id}` as string}
            data-row-link
            dir="auto"
            title={name}
            className="truncate font-medium text-strong outline-none after:absolute after:inset-0"
          >
            {name}
          </Link>
          <span className="shrink-0 text-xs text-muted">{assetKindName(kind)}</span>
          <span className="flex min-w-0 gap-1 overflow-hidden phone:hidden">
            {tags.map((tag) => (
              <Chip key={tag} size="sm">
                {tag}
              </Chip>
            ))}
          </span>
        </div>
        <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted desk:hidden">
          <SeverityCounts
            counts={asset.by_severity}
            linkTo={(severity) => `${openFindingsOf(asset)} severity:${severity}`}
            className="-ml-1"
          />
          <LastScan at={asset.last_scan_at} />
        </div>
      </Td>
      <Td isRight className="phone:hidden">
        {open_findings === 0 ? (
          <span className="text-muted">0</span>
        ) : (
          <FindingsLink
            q={openFindingsOf(asset)}
            label={`${plural(open_findings, "open finding")} on ${name}`}
            className="link relative z-1"
          >
            {formatNumber(open_findings)}
          </FindingsLink>
        )}
      </Td>
      <Td className="phone:hidden">
        <SeverityCounts
          counts={asset.by_severity}
          linkTo={(severity) => `${openFindingsOf(asset)} severity:${severity}`}
        />
      </Td>
      <Td isRight className="hidden text-default peek:table-cell">
        {describeRefs(refs)}
      </Td>
      <Td className="hidden max-w-40 min-w-28 truncate text-default wide:table-cell">
        <span title={scannerNames.join(", ")}>
          {scannerNames.length === 0 ? (
            <span className="text-muted">–</span>
          ) : (
            scannerNames.slice(0, 2).join(", ")
          )}
          {scannerNames.length > 2 && <span className="num text-muted"> +{scannerNames.length - 2}</span>}
        </span>
      </Td>
      <Td isRight className="text-muted phone:hidden">
        <LastScan at={asset.last_scan_at} />
      </Td>
    </Tr>
  );
}
