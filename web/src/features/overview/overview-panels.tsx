/** What the overview says, once its numbers are there. */
import type { Dashboard } from "@/api/types";
import { Attention } from "./attention";
import { NewestScans } from "./newest-scans";
import { OldestCriticals } from "./oldest-criticals";
import { SeverityHead } from "./severity-head";
import { TrendPanel } from "./trend-panel";

export default function OverviewPanels({ data, asOf }: { data: Dashboard; asOf?: string }) {
  return (
    <div className="grid grid-cols-12 gap-3">
      <SeverityHead open={data.open} change={data.change} asOf={asOf} className="col-span-12" />
      <TrendPanel
        trend={data.trend}
        since={data.first_report_on}
        className={data.unscanned_assets ? "col-span-12 wide:col-span-8" : "col-span-12"}
      />
      {data.unscanned_assets && (
        <Attention
          overdue={data.overdue}
          unscanned={data.unscanned_assets}
          className="col-span-12 wide:col-span-4"
        />
      )}
      <NewestScans scans={data.newest_scans} className="col-span-12 peek:col-span-6" />
      <OldestCriticals
        findings={data.oldest_criticals}
        count={data.open.by_severity.critical ?? 0}
        className="col-span-12 peek:col-span-6"
      />
    </div>
  );
}
