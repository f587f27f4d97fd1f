/** What is late, and what nobody scans: both lead to where it can be changed. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { lazy, Suspense } from "react";
import type { Asset } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { Panel, PanelHead } from "@/ui/panel";
import { Time } from "@/ui/time";

const WorstAssets = lazy(() => import("./worst-assets"));

const SHOWN = 5;

export function Attention({
  overdue,
  unscanned,
  className,
}: {
  overdue: number | null;
  unscanned: Asset[];
  className?: string;
}) {
  return (
    <Panel label="Needs a look" className={cx("flex flex-col", className)}>
      {overdue !== null && <PastDue count={overdue} />}
      {unscanned.length === 0 ? (
        <Suspense>
          <WorstAssets />
        </Suspense>
      ) : (
        <>
          <PanelHead title="Not scanned lately" note="for 30 days, or never">
            {unscanned.length >= SHOWN && (
              <Link to="/assets" className="link">
                All assets
              </Link>
            )}
          </PanelHead>
          <ul>
            {unscanned.slice(0, SHOWN).map((asset) => (
              <li key={asset.id} className="border-t border-faint">
                <Link
                  to="/assets/$id"
                  params={{ id: asset.id }}
                  className="focus-inset flex h-[38px] items-center gap-3 px-4 hover:bg-hover coarse:h-11"
                >
                  <Ring isNever={asset.last_scan_at === null} />
                  <span
                    dir="auto"
                    className="min-w-0 flex-1 truncate text-left font-medium text-strong"
                    title={asset.name}
                  >
                    {asset.name}
                  </span>
                  <span className="text-xs text-muted">
                    {asset.last_scan_at === null ? "never" : <Time at={asset.last_scan_at} />}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

function PastDue({ count }: { count: number }) {
  return (
    <Link
      to="/findings"
      search={{ q: "is:overdue" }}
      className="focus-inset block rounded-t-lg border-b border-faint px-4 py-3 hover:bg-hover"
    >
      <span className="text-muted">Past due</span>
      <span className="mt-0.5 flex items-baseline gap-2">
        <span
          className={cx(
            "num-big text-2xl leading-tight font-medium tracking-tighter",
            count > 0 ? "text-danger" : "text-strong",
          )}
        >
          {formatNumber(count)}
        </span>
        <span className="text-xs text-muted">
          {count === 0 ? "nothing is late" : `open ${count === 1 ? "finding is" : "findings are"} late`}
        </span>
      </span>
    </Link>
  );
}

function Ring({ isNever }: { isNever: boolean }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className="size-4">
      <circle
        cx="8"
        cy="8"
        r="5.6"
        fill="none"
        strokeWidth="2"
        strokeDasharray={isNever ? "2.6 2.4" : undefined}
        className={isNever ? "stroke-mark-danger" : "stroke-mark-warn"}
      />
    </svg>
  );
}
