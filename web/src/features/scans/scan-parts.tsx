/** Of a report that covers several assets: the scan of each. */
import { useQuery } from "@tanstack/react-query";
import type { Scan } from "@/api/types";
import { plural } from "@/lib/format";
import { PAGE_SIZE, Pager } from "@/ui/pager";
import { Panel, PanelHead } from "@/ui/panel";
import { ErrorState, SkeletonRows } from "@/ui/state";
import { partsQuery } from "./queries";
import { ScanTable } from "./scan-table";
import { isUnderWay } from "./use-scan-events";

type ScanPartsProps = { scan: Scan; page: number; onPage: (page: number) => void };

export function ScanParts({ scan, page, onPage }: ScanPartsProps) {
  const { data, error, refetch } = useQuery({
    ...partsQuery(scan.id, page, PAGE_SIZE),
    refetchInterval: isUnderWay(scan.state) ? 2_000 : false,
  });
  const { total, going_on, held, failed } = scan.parts ?? { total: 0, going_on: 0, held: 0, failed: 0 };
  const rest = [
    going_on > 0 && `${going_on} under way`,
    held > 0 && `${held} held`,
    failed > 0 && `${failed} failed`,
  ].filter(Boolean);
  return (
    <Panel label="Its assets">
      <PanelHead title="Its assets" note={[plural(total, "asset"), ...rest].join(", ")} />
      {error && !data ? (
        <ErrorState title="The parts could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : data ? (
        <>
          <ScanTable scans={data.items} />
          <Pager
            page={page}
            shown={data.items.length}
            total={data.total}
            isExact={data.total_is_exact}
            label="assets"
            onChange={onPage}
          />
        </>
      ) : (
        <SkeletonRows count={Math.min(total, 8)} height="h-10" />
      )}
    </Panel>
  );
}
