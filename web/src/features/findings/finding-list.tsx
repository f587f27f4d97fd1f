/** The list: only the rows in view exist, the grid knows how many there are. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { cx } from "class-variance-authority";
import { useCallback, useEffect, useRef } from "react";
import type { Finding } from "@/api/types";
import { plural } from "@/lib/format";
import { COARSE, useMedia } from "@/lib/media";
import { Skeleton } from "@/ui/state";
import { FindingRow, type RowLook } from "./finding-row";
import { MOST_ROWS } from "./queries";
import type { FindingList as Rows } from "./use-finding-list";

type FindingListProps = {
  rows: Rows;
  look: RowLook;
  cursor: number;
  selected: ReadonlySet<string>;
  isEverythingSelected: boolean;
  isSelecting: boolean;
  onOpen: (index: number, finding: Finding) => void;
  onToggle: (index: number, finding: Finding, isRange: boolean) => void;
};

const HEIGHT: Record<RowLook, number> = { comfortable: 56, dense: 34, phone: 80 };

export function FindingList(props: FindingListProps) {
  const { rows, look, cursor, selected, isEverythingSelected, isSelecting, onOpen, onToggle } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const isCoarse = useMedia(COARSE);
  const height = look === "dense" && isCoarse ? 44 : HEIGHT[look];
  const virtualizer = useVirtualizer({
    count: rows.rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height means that every row is measured again.
  useEffect(() => virtualizer.measure(), [height, virtualizer]);
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { show } = rows;
  useEffect(() => show(first, last), [show, first, last]);
  useEffect(() => {
    const { current } = scroller;
    if (cursor < 0 || current === null) return;
    // From what the virtualizer knows: to ask the page would lay it out anew at every key that is held down.
    const top = virtualizer.scrollOffset ?? 0;
    const room = virtualizer.scrollRect?.height || current.clientHeight;
    const start = cursor * height;
    if (start < top) current.scrollTop = start;
    else if (start + height > top + room) current.scrollTop = start + height - room;
  }, [cursor, height, virtualizer]);
  // The same for all rows and all times, so that moving the cursor draws two rows and not all.
  const latest = useRef({ onOpen, onToggle });
  useEffect(() => {
    latest.current = { onOpen, onToggle };
  });
  const open = useCallback<typeof onOpen>((...row) => latest.current.onOpen(...row), []);
  const toggle = useCallback<typeof onToggle>((...row) => latest.current.onToggle(...row), []);
  return (
    <div
      ref={scroller}
      id="findings-grid"
      role="grid"
      tabIndex={0}
      aria-label="Findings"
      aria-rowcount={rows.rowCount}
      aria-multiselectable="true"
      aria-busy={rows.isRefreshing}
      aria-activedescendant={cursor >= 0 ? `row-${cursor}` : undefined}
      className={cx(
        "group/grid @container focus-inset min-h-0 flex-1 overflow-y-auto overscroll-contain",
        cursor >= 0 && "outline-none!",
      )}
    >
      <div role="rowgroup" className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const finding = rows.at(item.index);
          return (
            <div
              key={item.key}
              role="presentation"
              className="absolute inset-x-0 top-0"
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
            >
              {finding ? (
                <FindingRow
                  finding={finding}
                  index={item.index}
                  look={look}
                  isCursor={item.index === cursor}
                  isSelected={isEverythingSelected || selected.has(finding.id)}
                  isSelecting={isSelecting}
                  onOpen={open}
                  onToggle={toggle}
                />
              ) : (
                <RowSkeleton index={item.index} />
              )}
            </div>
          );
        })}
      </div>
      {rows.total > MOST_ROWS || !rows.isExact ? (
        <p className="px-4 py-3 text-xs text-muted">
          The list ends at {plural(MOST_ROWS, "row")}. Narrow the filter to reach the others, or export them
          all as CSV.
        </p>
      ) : null}
    </div>
  );
}

function RowSkeleton({ index }: { index: number }) {
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-busy="true"
      className="flex h-full items-center gap-3 border-b border-faint px-4"
    >
      <span role="gridcell" className="contents">
        <Skeleton className="size-3.5 rounded-full" />
        <Skeleton className="h-3 w-2/5" />
        <Skeleton className="ml-auto h-3 w-16" />
      </span>
    </div>
  );
}
