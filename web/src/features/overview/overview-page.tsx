/** The total and its direction in one second; then what is late, what is old, what nobody scans. */
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { lazy, Suspense } from "react";
import { yesterday } from "@/lib/format";
import { DESK, useMedia } from "@/lib/media";
import { OPEN_FILTER } from "@/lib/words";
import { IconButton } from "@/ui/button";
import { Page } from "@/ui/page";
import { Panel } from "@/ui/panel";
import { ErrorState, Skeleton } from "@/ui/state";
import { Time } from "@/ui/time";
import { UploadLink } from "@/ui/upload-link";
import { dashboardQuery } from "./queries";

// On their way together with the numbers, so that neither waits for the other.
const panels = import("./overview-panels");
const OverviewPanels = lazy(() => panels);
const NothingYet = lazy(() => import("./nothing-yet"));
const AsOfBanner = lazy(() => import("@/ui/as-of-banner"));

type OverviewPageProps = { asOf?: string; onAsOf: (asOf?: string) => void };

export function OverviewPage({ asOf, onAsOf }: OverviewPageProps) {
  const { data, error, refetch } = useQuery(dashboardQuery(asOf));
  const isDesk = useMedia(DESK);
  const isNow = data !== undefined && asOf === undefined;
  const scope = isNow && isDesk && (
    <span className="flex min-w-0 gap-3 truncate text-xs text-muted">
      <span>
        counted <Time at={data.computed_at} />
      </span>
      <button type="button" className="link" onClick={() => onAsOf(yesterday())}>
        Look at a past day
      </button>
    </span>
  );
  const isEmpty = !asOf && data !== undefined && data.newest_scans.length === 0 && data.open.total === 0;
  const action = (
    <>
      {isNow && !isDesk && (
        <IconButton label="Look at a past day" onClick={() => onAsOf(yesterday())}>
          <History size={18} strokeWidth={1.75} />
        </IconButton>
      )}
      <UploadLink isFilled={!isEmpty} />
    </>
  );
  return (
    <Page title="Overview" scope={scope || undefined} action={action}>
      {asOf && (
        <Suspense>
          <AsOfBanner asOf={asOf} query={OPEN_FILTER} onAsOf={onAsOf} />
        </Suspense>
      )}
      {error && !data && (
        <Panel>
          <ErrorState title="The overview could not be read" error={error} onRetry={() => void refetch()} />
        </Panel>
      )}
      {!data && !error && <OverviewSkeleton />}
      {isEmpty && (
        <Suspense>
          <NothingYet />
        </Suspense>
      )}
      {data && !isEmpty && (
        <Suspense fallback={<OverviewSkeleton />}>
          <OverviewPanels data={data} asOf={asOf} />
        </Suspense>
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
