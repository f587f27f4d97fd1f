/** The list is the product: facets, rows and peek in three fixed parts. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { SlidersHorizontal } from "lucide-react";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { isProblem } from "@/api/problem";
import { useMay } from "@/api/session";
import type { Finding } from "@/api/types";
import { plural } from "@/lib/format";
import { DESK, useMedia, WIDE } from "@/lib/media";
import { usePreferences } from "@/lib/preferences";
import { Button } from "@/ui/button";
import { announce } from "@/ui/live-region";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/state";
import { runLatestToastAction } from "@/ui/toast";
import { FacetColumn } from "./facet-column";
import { FilterBar } from "./filter-bar";
import { FindingList } from "./finding-list";
import { useLastRow, useRemembered } from "./last-list";
import { ListFailure } from "./list-failure";
import { ListHead } from "./list-head";
import { PeekPane } from "./peek-pane";
import { facetsQuery } from "./queries";
import type { Sort } from "./sorts";
import { useFindingList } from "./use-finding-list";
import { useListKeys } from "./use-list-keys";
import { usePeeked } from "./use-peeked";
import { useRange } from "./use-range";
import { useSelection } from "./use-selection";
import { useTriageFlow } from "./use-triage-flow";

const AsOfBanner = lazy(() => import("@/ui/as-of-banner"));
const BulkBar = lazy(() => import("./bulk-bar"));
const EmptyList = lazy(() => import("./empty"));
const FacetSheet = lazy(() => import("./facet-sheet"));
const TriageDialog = lazy(() => import("./triage-dialog"));

export type FindingsState = { q: string; sort: Sort; peek?: string; asOf?: string };
type FindingsPageProps = {
  state: FindingsState;
  onState: (change: Partial<FindingsState>, isStep?: boolean) => void;
};

export function FindingsPage({ state, onState }: FindingsPageProps) {
  const { q, sort, peek, asOf } = state;
  const listKey = `${sort} ${asOf ?? ""} ${q}`;
  const rows = useFindingList({ q, sort, asOf });
  const selection = useSelection(listKey);
  const range = useRange(rows, selection);
  const navigate = useNavigate();
  const mayWrite = useMay("findings:write") && asOf === undefined;
  const { density } = usePreferences();
  const isDesk = useMedia(DESK);
  const isWide = useMedia(WIDE);
  const lastRow = useLastRow(state);
  const [cursorState, setCursorState] = useState({ key: listKey, at: lastRow });
  const cursor = cursorState.key === listKey ? cursorState.at : -1;
  // A link that opens a finding of this list stands on its row.
  const opened = cursor < 0 && peek !== undefined ? rows.rowOf(peek) : -1;
  if (opened >= 0) setCursorState({ key: listKey, at: opened });
  useRemembered({ q, sort, asOf, at: cursor });
  const [areFacetsOpen, openFacets] = useState(false);
  const [isSelecting, setSelecting] = useState(false);
  const filterInput = useRef<HTMLInputElement>(null);
  const { data: facets } = useQuery(facetsQuery(q, asOf));
  const queryProblem = isProblem(rows.error, 422)
    ? (rows.error.for("q") ?? rows.error.detail ?? rows.error.title)
    : null;

  const isSettled = !rows.isLoading && !rows.isRefreshing;
  useEffect(() => {
    if (isSettled && rows.isCounted) announce(plural(rows.total, "finding"));
  }, [isSettled, rows.isCounted, rows.total]);

  const setQuery = useCallback(
    (next: string, isStep?: boolean) => onState({ q: next, peek: undefined }, isStep),
    [onState],
  );
  const setAsOf = (next?: string) => onState({ asOf: next, peek: undefined });
  const closePeek = () => onState({ peek: undefined });
  const openAt = (index: number, finding: Finding) => {
    setCursorState({ key: listKey, at: index });
    onState({ peek: finding.id }, peek !== undefined);
  };
  const toggle = (index: number, finding: Finding, isRange: boolean) => {
    setCursorState({ key: listKey, at: index });
    if (isRange) void range.extendTo(index);
    else selection.toggle(index, finding);
  };
  const { peekRow, peeked } = usePeeked(peek, rows);
  const current = rows.at(cursor) ?? peeked;
  const triage = useTriageFlow({ q, rows, selection, current, onApplied: () => setSelecting(false) });

  useListKeys({
    mayWrite,
    ask: triage.ask,
    confirm: triage.confirm,
    stopAsking: triage.asked ? triage.stopAsking : undefined,
    move: (by, isExtending) => {
      if (rows.rowCount === 0) return;
      const next = Math.max(0, Math.min(rows.rowCount - 1, cursor + by));
      setCursorState({ key: listKey, at: next });
      document.getElementById("findings-grid")?.focus({ preventScroll: true });
      const finding = rows.at(next);
      if (isExtending) selection.extend(next, rows.at);
      if (peek !== undefined && finding) onState({ peek: finding.id }, true);
    },
    open: () => current && onState({ peek: current.id }),
    close: () => {
      if (peek !== undefined) closePeek();
      else selection.clear();
    },
    openPage: () => current && void navigate({ to: "/findings/$id", params: { id: current.id } }),
    toggle: () => current && cursor >= 0 && selection.toggle(cursor, current),
    focusFilter: () => filterInput.current?.focus(),
    undo: runLatestToastAction,
  });

  const nameOf = (key: string, value: string) =>
    key === "asset"
      ? (facets?.asset.find((facet) => facet.value === value)?.label ??
        rows.loaded.find((finding) => finding.asset.id === value)?.asset.name ??
        value)
      : value;
  const selectedCount = selection.isEverything ? rows.total : selection.selected.size;

  return (
    <main
      id="main"
      tabIndex={-1}
      className="relative grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)] bg-panel outline-none peek:grid-cols-[minmax(0,1fr)_var(--peek-width)] wide:grid-cols-[var(--facets-width)_minmax(0,1fr)_var(--peek-width)] phone:h-[calc(100dvh-var(--topbar-height)-var(--bottombar-height)-env(safe-area-inset-bottom))] phone:flex-none"
    >
      <div className="col-span-full flex items-start gap-2 border-b border-default px-5 py-2 phone:px-3">
        <FilterBar
          query={q}
          onChange={setQuery}
          inputRef={filterInput}
          problem={queryProblem}
          nameOf={nameOf}
        />
        {!isWide && (
          <Button
            onClick={() => openFacets(true)}
            className="h-[34px]! phone:h-11! coarse:h-11!"
            aria-label="Facets"
          >
            <SlidersHorizontal size={16} strokeWidth={1.75} />
            <span className="phone:hidden">Facets</span>
          </Button>
        )}
      </div>
      {isWide && (
        <aside aria-label="Facets" className="min-h-0 overflow-y-auto border-r border-default scroll-quiet">
          <FacetColumn query={q} asOf={asOf} onChange={setQuery} />
        </aside>
      )}
      <section
        aria-label="List"
        className="@container relative flex min-h-0 min-w-0 flex-col overflow-hidden"
      >
        <Suspense>{asOf && <AsOfBanner asOf={asOf} query={q} onAsOf={setAsOf} />}</Suspense>
        <ListHead
          rows={rows}
          query={q}
          asOf={asOf}
          onAsOf={setAsOf}
          sort={sort}
          onView={(view) => onState({ ...view, peek: undefined })}
          changed={triage.changed}
          isPhone={!isDesk}
          isSelecting={isSelecting}
          onRefresh={() => {
            triage.forgetChanged();
            rows.refresh();
          }}
          onSelecting={() => {
            selection.clear();
            setSelecting(!isSelecting);
          }}
        />
        <ListFailure change={triage.failure} range={range.failure} />
        {rows.isLoading ? (
          <SkeletonRows count={14} height={density === "dense" ? "h-[34px]" : "h-14"} />
        ) : rows.error && queryProblem === null && rows.loaded.length === 0 ? (
          <ErrorState title="The list could not be read" error={rows.error} onRetry={rows.refresh} />
        ) : rows.total === 0 ? (
          queryProblem === null ? (
            <Suspense>
              <EmptyList query={q} onChange={setQuery} />
            </Suspense>
          ) : (
            <EmptyState title="The filter cannot be read">Correct it above; nothing was changed.</EmptyState>
          )
        ) : (
          <FindingList
            rows={rows}
            look={isDesk ? density : "phone"}
            cursor={cursor}
            selected={selection.ids}
            isEverythingSelected={selection.isEverything}
            isSelecting={!isDesk && isSelecting}
            onOpen={openAt}
            onToggle={toggle}
          />
        )}
        <Suspense>
          {selectedCount > 0 && mayWrite && (
            <BulkBar
              count={selectedCount}
              total={rows.total}
              isEverything={selection.isEverything}
              canSelectAll={rows.isExact && rows.total > selection.selected.size}
              onSelectAll={selection.selectEverything}
              onClear={selection.clear}
              onIntent={(intent) => (intent === "confirm" ? triage.confirm() : triage.ask(intent))}
            />
          )}
        </Suspense>
      </section>
      <PeekPane
        id={peek}
        row={peekRow}
        position={peekRow && rows.at(cursor)?.id === peek ? cursor : null}
        total={rows.total}
        onClose={closePeek}
        onConfirm={(finding) => triage.apply({ findings: [finding] }, { triage: "confirmed" })}
        onIntent={(intent, finding) => triage.ask(intent, { findings: [finding] })}
      />
      <Suspense>
        {!isWide && areFacetsOpen && (
          <FacetSheet
            onClose={() => openFacets(false)}
            query={q}
            asOf={asOf}
            onChange={setQuery}
            total={rows.total}
          />
        )}
        {triage.asked && (
          <TriageDialog
            {...triage.asked}
            onApply={triage.applyAsked}
            onIntent={triage.askInstead}
            onClose={triage.stopAsking}
          />
        )}
      </Suspense>
    </main>
  );
}
