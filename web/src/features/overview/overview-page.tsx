/** The total and its direction in one second; then what is late, what is old, what nobody scans. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Page } from "@/ui/page";
import { Panel } from "@/ui/panel";
import { ErrorState, Skeleton } from "@/ui/state";
import { Time } from "@/ui/time";
import { UploadLink } from "@/ui/upload-link";
import { Attention } from "./attention";
import { NewestScans } from "./newest-scans";
import { OldestCriticals } from "./oldest-criticals";
import { dashboardQuery } from "./queries";
import { SeverityHead } from "./severity-head";
import { TrendPanel } from "./trend-panel";

const NothingYet = lazy(() => import("./nothing-yet"));

export function OverviewPage() {
  const { data, error, refetch } = useQuery(dashboardQuery);
  const scope = data && (
    <span className="truncate text-xs text-muted">
      counted <Time at={data.computed_at} />
    </span>
  );
  const isEmpty = data !== undefined && data.newest_scans.length === 0 && data.open.total === 0;
  return (
    <Page title="Overview" scope={scope} action={<UploadLink isFilled={!isEmpty} />}>
      {error && !data && (
        <Panel>
          <ErrorState title="The overview could not be read" error={error} onRetry={() => void refetch()} />
        </Panel>
      )}
      {!data && !error && <OverviewSkeleton />}
      {isEmpty && (
        <Suspense fallback={null}>
          <NothingYet />
        </Suspense>
      )}
      {data && !isEmpty && (
        <div className="grid grid-cols-12 gap-3">
          <SeverityHead open={data.open} change={data.change} className="col-span-12" />
          <TrendPanel trend={data.trend} className="col-span-12 wide:col-span-8" />
          <Attention
            overdue={data.overdue}
            unscanned={data.unscanned_assets}
            className="col-span-12 wide:col-span-4"
          />
          <NewestScans scans={data.newest_scans} className="col-span-12 peek:col-span-6" />
          <OldestCriticals
            findings={data.oldest_criticals}
            count={data.open.by_severity.critical ?? 0}
            className="col-span-12 peek:col-span-6"
          />
        </div>
      )}
    </Page>
  );
}

function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading the overview" className="grid grid-cols-12 gap-3">
      <Skeleton className="col-span-12 h-[92px] rounded-lg" />
      <Skeleton className="col-span-12 h-[314px] rounded-lg wide:col-span-8" />
      <Skeleton className="col-span-12 h-[314px] rounded-lg wide:col-span-4" />
      <Skeleton className="col-span-12 h-[350px] rounded-lg peek:col-span-6" />
      <Skeleton className="col-span-12 h-[350px] rounded-lg peek:col-span-6" />
    </div>
  );
}
