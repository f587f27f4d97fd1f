/** Above the list: how many, in which order, how dense. The place for counts is kept, so nothing jumps. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { ArrowDownWideNarrow, Download, History, ListRestart, RotateCw, Rows2, Rows3 } from "lucide-react";
import { useMay } from "@/api/session";
import { exportOf } from "@/lib/export-link";
import { formatTotal, yesterday } from "@/lib/format";
import { setPreference, usePreferences } from "@/lib/preferences";
import { Button, buttonStyle, IconButton } from "@/ui/button";
import { Segmented } from "@/ui/segmented";
import { SORTS, type Sort } from "./sorts";
import type { FindingList } from "./use-finding-list";
import { ViewsMenu } from "./views-menu";

type ListHeadProps = {
  rows: FindingList;
  query: string;
  sort: Sort;
  onView: (view: { q?: string; sort: Sort }) => void;
  changed: number;
  onRefresh: () => void;
  isPhone: boolean;
  isSelecting: boolean;
  onSelecting: () => void;
  asOf?: string;
  onAsOf: (asOf?: string) => void;
};

/** Beside an open finding there is room for the signs alone. */
const NARROW = "@max-[600px]:hidden";

export function ListHead({
  rows,
  query,
  sort,
  onView,
  changed,
  onRefresh,
  isPhone,
  isSelecting,
  onSelecting,
  asOf,
  onAsOf,
}: ListHeadProps) {
  const { density } = usePreferences();
  const mayUndo = useMay("findings:write");
  return (
    <div className="no-print flex h-[38px] flex-none items-center gap-1.5 border-b border-default pr-4 pl-3 text-xs wide:gap-3 text-muted coarse:h-[52px] phone:gap-1.5 phone:pl-4">
      <p className={cx("min-w-0 truncate phone:shrink-0", !rows.isCounted && !rows.isLoading && "invisible")}>
        <span className="num text-sm font-medium text-strong">
          {rows.isCounted ? formatTotal(rows.total, rows.isExact) : "\u2007\u2007\u2007"}
        </span>{" "}
        <span className="phone:sr-only">{rows.total === 1 ? "finding" : "findings"}</span>
      </p>
      {changed > 0 && (
        <Button size="sm" look="quiet" onClick={onRefresh} title="Apply the filter to what you changed">
          <RotateCw size={13} />
          {isPhone ? "Refresh" : `${changed} changed, refresh`}
        </Button>
      )}
      <span className="flex-1" />
      {!asOf && <ViewsMenu query={query} sort={sort} onView={onView} />}
      {mayUndo && !asOf && (
        <Link
          to="/findings/changes"
          className={buttonStyle({ size: "sm", look: "quiet" })}
          aria-label="Changes"
          title="Changes of many findings, to undo"
        >
          <ListRestart size={14} strokeWidth={1.75} />
          <span className={NARROW}>Changes</span>
        </Link>
      )}
      {!asOf && rows.isCounted && rows.total > 0 && (
        <a
          href={exportOf(query)}
          download
          aria-label="CSV"
          title="Export all that the filter finds as CSV"
          className={buttonStyle({ size: "sm", look: "quiet", className: "phone:hidden" })}
        >
          <Download size={14} strokeWidth={1.75} aria-hidden="true" />
          <span className={NARROW}>CSV</span>
        </a>
      )}
      {!asOf && (
        <IconButton size="sm" label="Look at a past day" onClick={() => onAsOf(yesterday())}>
          <History size={14} strokeWidth={1.75} />
        </IconButton>
      )}
      {isPhone && !asOf && (
        <Button size="sm" look="quiet" aria-pressed={isSelecting} onClick={onSelecting}>
          {isSelecting ? "Done" : "Select"}
        </Button>
      )}
      <label className="flex items-center gap-1.5 has-focus-visible:outline-2 has-focus-visible:outline-(--focus-ring)">
        <ArrowDownWideNarrow size={14} strokeWidth={1.75} aria-hidden="true" />
        <span className="sr-only">Order</span>
        <select
          value={sort}
          onChange={(event) => onView({ sort: event.target.value as Sort })}
          className="field-sizing-content h-6 appearance-none bg-panel text-xs text-default outline-none coarse:h-11"
        >
          {SORTS.map((each) => (
            <option key={each.value} value={each.value}>
              {each.label}
            </option>
          ))}
        </select>
      </label>
      {!isPhone && (
        <Segmented
          label="Row height"
          value={density}
          onChange={(value) => setPreference("density", value)}
          choices={[
            { value: "comfortable", label: "Comfortable", icon: <Rows2 size={14} strokeWidth={1.75} /> },
            { value: "dense", label: "Dense", icon: <Rows3 size={14} strokeWidth={1.75} /> },
          ]}
        />
      )}
    </div>
  );
}
