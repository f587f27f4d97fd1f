/** Each change of a scan with its reason. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ChangeKind, ScanChange } from "@/api/types";
import { plural } from "@/lib/format";
import { Chip } from "@/ui/chip";
import { PAGE_SIZE, Pager } from "@/ui/pager";
import { Panel, PanelHead } from "@/ui/panel";
import { SeverityMark, SeverityWord } from "@/ui/severity";
import { ErrorState, SkeletonRows } from "@/ui/state";
import { CHANGES } from "./change-kinds";
import { CHANGE_WORD } from "./change-words";
import { changesQuery } from "./queries";

type ScanChangesProps = {
  id: string;
  /** Nothing is closed yet: those that would close are listed as closed. */
  isHeld: boolean;
  /** Nothing is changed at all: these are what would be. */
  isDryRun: boolean;
  page: number;
  change?: ChangeKind;
  onPage: (page: number) => void;
  onChange: (change?: ChangeKind) => void;
};

export function ScanChanges({ id, isHeld, isDryRun, page, change, onPage, onChange }: ScanChangesProps) {
  const { data, error, isPending, refetch } = useQuery(changesQuery(id, page, PAGE_SIZE, change));
  const shared = sharedReason(data?.items ?? []);
  const wouldClose = isHeld && change === "closed";
  return (
    <Panel label="Changes">
      <PanelHead
        title={wouldClose ? "What would close" : isDryRun ? "What would change" : "Changes"}
        note={data ? plural(data.total, wouldClose ? "result" : "change") : undefined}
      >
        <label className="flex items-center gap-2 text-xs text-muted">
          Show
          <select
            value={change ?? ""}
            onChange={(event) => onChange((event.target.value || undefined) as ChangeKind | undefined)}
            className="h-7 rounded-sm border border-control bg-panel px-2 text-sm text-default coarse:h-11"
          >
            <option value="">All changes</option>
            {CHANGES.map((each) => (
              <option key={each} value={each}>
                {isHeld && each === "closed" ? "Would close" : CHANGE_WORD[each].label}
              </option>
            ))}
          </select>
        </label>
      </PanelHead>
      {isPending && <SkeletonRows count={5} />}
      {error && !data && (
        <ErrorState title="The changes could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {data?.items.length === 0 && (
        <p className="px-4 pb-4 text-muted">
          {change
            ? `None is ${CHANGE_WORD[change].label.toLowerCase()}.`
            : isHeld
              ? "Nothing changed yet: every result was known, and what would close waits for a decision."
              : "Nothing changed: every result was known, and nothing is gone."}
        </p>
      )}
      {shared !== null && <p className="px-4 pb-3 text-xs text-muted">{shared}</p>}
      <ul>
        {data?.items.map((each, index) => (
          <ChangeRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a change has no id of its own.
            key={index}
            change={each}
            reason={shared === null ? each.reason : null}
          />
        ))}
      </ul>
      {data && (
        <Pager
          label="changes"
          page={page}
          shown={data.items.length}
          total={data.total}
          isExact={data.total_is_exact}
          onChange={onPage}
        />
      )}
    </Panel>
  );
}

/** The reason that all of them have: told once, not on each of hundreds of lines. */
function sharedReason(changes: ScanChange[]): string | null {
  const [first, ...others] = changes;
  return first && others.length > 0 && others.every(({ reason }) => reason === first.reason)
    ? first.reason
    : null;
}

function ChangeRow({ change, reason }: { change: ScanChange; reason: string | null }) {
  const { label, tone } = CHANGE_WORD[change.change];
  const place =
    change.location?.path ?? change.location?.url ?? change.location?.host ?? change.location?.resource;
  const line = change.location?.line;
  return (
    <li className="flex min-h-[48px] items-center gap-3 border-t border-faint px-4 py-1.5 phone:items-start">
      <SeverityMark severity={change.severity} />
      <span className="min-w-0 flex-1">
        {change.finding ? (
          <Link
            to="/findings/$id"
            params={{ id: change.finding.id }}
            dir="auto"
            title={change.title}
            className="block truncate text-left font-medium text-strong hover:underline"
          >
            {change.title}
          </Link>
        ) : (
          <span dir="auto" title={change.title} className="block truncate text-left font-medium text-strong">
            {change.title}
          </span>
        )}
        <span className="flex gap-1.5 text-xs text-muted">
          <SeverityWord severity={change.severity} />
          {change.asset && (
            <span className="flex-none before:mr-1.5 before:content-['·']">
              <bdi>{change.asset}</bdi>
            </span>
          )}
          {place && (
            <span
              title={line ? `${place}:${line}` : place}
              className="truncate before:mr-1.5 before:content-['·']"
            >
              <bdi className="font-mono text-code">{line ? `${place}:${line}` : place}</bdi>
            </span>
          )}
        </span>
        {reason && <span className="text-xs text-muted desk:hidden">{reason}</span>}
      </span>
      {reason && <span className="max-w-[45%] text-xs text-muted phone:hidden">{reason}</span>}
      <Chip tone={tone}>{label}</Chip>
    </li>
  );
}
