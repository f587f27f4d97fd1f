/** Open findings over time, with the same numbers as a table behind a button. */
import { cx } from "class-variance-authority";
import { lazy, Suspense, useState } from "react";
import type { TrendDay } from "@/api/types";
import { formatChange, plural } from "@/lib/format";
import { SEVERITY_WORD } from "@/lib/words";
import { Button } from "@/ui/button";
import { Panel, PanelHead } from "@/ui/panel";
import { Skeleton } from "@/ui/state";
import { fromFirstCount, leftOut } from "./trend-days";

const TrendChart = lazy(() => import("./trend-chart"));
const TrendTable = lazy(() => import("./trend-table"));

type TrendPanelProps = { trend: TrendDay[]; since: string | null; className?: string };

export function TrendPanel({ trend: given, since, className }: TrendPanelProps) {
  const [isTable, showTable] = useState(false);
  const trend = fromFirstCount(given);
  const month = trend.slice(-30);
  const added = month.reduce((sum, day) => sum + day.new, 0);
  const closed = month.reduce((sum, day) => sum + day.closed, 0);
  return (
    <Panel label="Open over time" className={cx("flex flex-col", className)}>
      <PanelHead
        title="Open over time"
        note={[
          ...(trend.length > 1 ? [plural(trend.length - 1, "day")] : []),
          "by severity",
          ...leftOut(trend).map((severity) => `without ${SEVERITY_WORD[severity].toLowerCase()}`),
        ].join(", ")}
      >
        <span className="num text-muted">
          <span className="font-medium text-danger">{formatChange(added)}</span> new{" "}
          <span className="ml-1 font-medium text-success">{formatChange(-closed)}</span> closed in 30 days
        </span>
        <Button size="sm" look="quiet" aria-pressed={isTable} onClick={() => showTable(!isTable)}>
          {isTable ? "Chart" : "Table"}
        </Button>
      </PanelHead>
      {trend.length < 2 ? (
        <p className="px-4 pt-2 pb-6 text-muted">The line begins tomorrow: it needs two days of counts.</p>
      ) : (
        <Suspense fallback={<Skeleton className="mx-4 mb-4 h-[256px]" />}>
          {isTable ? <TrendTable trend={trend} /> : <TrendChart trend={trend} since={since} />}
        </Suspense>
      )}
    </Panel>
  );
}
