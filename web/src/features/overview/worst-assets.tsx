/** Where most is open, in the place of what nobody scans when there is no such thing. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import type { Asset, List, Severity } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";
import { SEVERITIES, SEVERITY_WORD } from "@/lib/words";
import { PanelHead } from "@/ui/panel";
import { SeverityMark } from "@/ui/severity";
import { Skeleton } from "@/ui/state";

const SHOWN = 5;

/** The two worst kinds that it has: more do not fit beside a name. */
const worstOf = ({ by_severity }: Asset): Severity[] =>
  SEVERITIES.filter((severity) => (by_severity[severity] ?? 0) > 0).slice(0, 2);

export default function WorstAssets() {
  const { data } = useQuery({
    queryKey: ["assets", "worst"],
    queryFn: ({ signal }) =>
      api.get<List<Asset>>("/assets", { query: { sort: "-severity", limit: SHOWN }, signal }),
    staleTime: 60_000,
  });
  const assets = data?.items.filter((asset) => asset.open_findings > 0);
  return (
    <>
      <PanelHead title="Most at risk">
        <Link to="/assets" className="link">
          All assets
        </Link>
      </PanelHead>
      {assets === undefined && <Skeleton className="mx-4 mb-4 h-40" />}
      {assets?.length === 0 && <p className="px-4 pb-2 text-muted">Nothing is open on any asset.</p>}
      <ul>
        {assets?.map((asset) => (
          <li key={asset.id} className="border-t border-faint">
            <Link
              to="/assets/$id"
              params={{ id: asset.id }}
              className="focus-inset flex h-[38px] items-center gap-3 px-4 hover:bg-hover coarse:h-11"
            >
              <span
                dir="auto"
                className="min-w-0 flex-1 truncate text-left font-medium text-strong"
                title={asset.name}
              >
                {asset.name}
              </span>
              {worstOf(asset).map((severity) => (
                <span key={severity} className="num flex items-center gap-1.5 text-default">
                  <SeverityMark severity={severity} className="size-3" />
                  {formatNumber(asset.by_severity[severity] ?? 0)}
                  <span className="sr-only">{SEVERITY_WORD[severity].toLowerCase()}</span>
                </span>
              ))}
              <span className="sr-only">{plural(asset.open_findings, "open finding")}</span>
            </Link>
          </li>
        ))}
      </ul>
      <p className="mt-auto border-t border-faint px-4 py-3 text-xs text-muted">
        Every asset was scanned in the last 30 days.
      </p>
    </>
  );
}
