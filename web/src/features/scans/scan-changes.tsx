/** Each change of a scan with its reason. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ScanChange } from "@/api/types";
import { plural } from "@/lib/format";
import { Chip, type ChipTone } from "@/ui/chip";
import { PAGE_SIZE, Pager } from "@/ui/pager";
import { Panel, PanelHead } from "@/ui/panel";
import { SeverityMark, SeverityWord } from "@/ui/severity";
import { ErrorState, SkeletonRows } from "@/ui/state";
import { changesQuery } from "./queries";

const WORD: Record<ScanChange["change"], { label: string; tone: ChipTone }> = {
  new: { label: "New", tone: "danger" },
  reopened: { label: "Reopened", tone: "reopened" },
  changed: { label: "Changed", tone: "plain" },
  moved: { label: "Moved", tone: "plain" },
  closed: { label: "Closed", tone: "fixed" },
  suppressed: { label: "Suppressed", tone: "dismissed" },
};

export function ScanChanges({
  id,
  page,
  onPage,
}: {
  id: string;
  page: number;
  onPage: (page: number) => void;
}) {
  const { data, error, isPending, refetch } = useQuery(changesQuery(id, page, PAGE_SIZE));
  return (
    <Panel label="Changes">
      <PanelHead title="Changes" note={data ? plural(data.total, "change") : undefined} />
      {isPending && <SkeletonRows count={5} />}
      {error && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data?.items.length === 0 && (
        <p className="px-4 pb-4 text-muted">Nothing changed: every result was known, and nothing is gone.</p>
      )}
      <ul>
        {data?.items.map((change, index) => (
          <ChangeRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a change has no id of its own.
            key={index}
            change={change}
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

function ChangeRow({ change }: { change: ScanChange }) {
  const { label, tone } = WORD[change.change];
  const place =
    change.location?.path ?? change.location?.url ?? change.location?.host ?? change.location?.resource;
  const line = change.location?.line;
  return (
    <li className="flex min-h-[48px] items-center gap-3 border-t border-faint px-4 py-1.5">
      <SeverityMark severity={change.severity} />
      <span className="min-w-0 flex-1">
        {change.finding ? (
          <Link
            to="/findings/$id"
            params={{ id: change.finding.id }}
            className="block truncate font-medium text-strong hover:underline"
          >
            {change.title}
          </Link>
        ) : (
          <span className="block truncate font-medium text-strong">{change.title}</span>
        )}
        <span className="flex gap-1.5 text-xs text-muted">
          <SeverityWord severity={change.severity} />
          {place && (
            <span className="truncate">
              · <span className="font-mono text-code">{line ? `${place}:${line}` : place}</span>
            </span>
          )}
        </span>
      </span>
      {change.reason && <span className="max-w-[40%] truncate text-xs text-muted">{change.reason}</span>}
      <Chip tone={tone}>{label}</Chip>
    </li>
  );
}
