/** Facets: each count is what choosing that value would give. */
import { useQuery } from "@tanstack/react-query";
import { cx } from "class-variance-authority";
import { ChevronDown } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { Facet, FindingKind, Severity, Triage } from "@/api/types";
import { hasToken, isChosen, toggleToken, toggleValue } from "@/lib/filter-query";
import { formatNumber, formatTotal } from "@/lib/format";
import { KIND_WORD, SEVERITIES, SEVERITY_WORD, scannerName, TRIAGE_WORD, TRIAGES } from "@/lib/words";
import { Checkbox } from "@/ui/field";
import { SeverityMark } from "@/ui/severity";
import { facetsQuery } from "./queries";

export type FacetColumnProps = { query: string; asOf?: string; onChange: (query: string) => void };
type Row = { value: string; label: ReactNode; count: string | null };

const SHORTCUTS: [string, string][] = [
  ["assignee:me", "Mine"],
  ["is:overdue", "Past due"],
  ["due<7d", "Due within a week"],
  ["is:reopened", "Reopened"],
  ["known_exploited:true", "Known exploited"],
  ["fix:true", "Has a fix"],
];

const counted = (facet: Facet) => formatTotal(facet.count, facet.is_exact);

/** Drawn anew only for another filter or other counts: not for every row that the cursor passes. */
export const FacetColumn = memo(function FacetColumn({ query, asOf, onChange }: FacetColumnProps) {
  const { data: facets } = useQuery(facetsQuery(query, asOf));
  const countOf = (list: Facet[] | undefined, value: string) => {
    const facet = list?.find((each) => each.value === value);
    return facet ? counted(facet) : facets ? formatNumber(0) : null;
  };
  const group = (title: string, key: string, rows: Row[], note?: string) =>
    rows.length > 0 && (
      <Group title={title} note={note}>
        {rows.map((row) => (
          <FacetRow
            key={row.value}
            row={row}
            isOn={isChosen(query, key, row.value)}
            onToggle={() => onChange(toggleValue(query, key, row.value))}
          />
        ))}
      </Group>
    );
  const found = (list: Facet[] | undefined, word: (facet: Facet) => string): Row[] =>
    // A value that would give nothing is left out; its own token in the bar takes a chosen one away.
    (list ?? [])
      .filter((facet) => facet.count > 0)
      .map((facet) => ({
        value: facet.value,
        label: (
          <span dir="auto" className="truncate" title={word(facet)}>
            {word(facet)}
          </span>
        ),
        count: counted(facet),
      }));
  return (
    <div className="pt-2 pb-4">
      {group(
        "Severity",
        "severity",
        SEVERITIES.map((severity: Severity) => ({
          value: severity,
          count: countOf(facets?.severity, severity),
          label: (
            <>
              <SeverityMark severity={severity} />
              {SEVERITY_WORD[severity]}
            </>
          ),
        })),
      )}
      {group(
        "State",
        "triage",
        TRIAGES.map((triage: Triage) => ({
          value: triage,
          label: TRIAGE_WORD[triage],
          count: countOf(facets?.triage, triage),
        })),
      )}
      <Group title="Narrow to">
        {SHORTCUTS.map(([token, label]) => (
          <FacetRow
            key={token}
            row={{ value: token, label, count: null }}
            isOn={hasToken(query, token)}
            onToggle={() => onChange(toggleToken(query, token))}
          />
        ))}
      </Group>
      {group(
        "Scanner",
        "scanner",
        found(facets?.scanner, (facet) => scannerName(facet.label)),
      )}
      {group(
        "Asset",
        "asset",
        found(facets?.asset, (facet) => facet.label),
        facets?.assets_ranked_among
          ? `Of the ${facets.assets_ranked_among} largest assets. Filter with asset: to see another.`
          : undefined,
      )}
      {group(
        "Kind",
        "kind",
        found(facets?.kind, (facet) => KIND_WORD[facet.value as FindingKind] ?? facet.label),
      )}
    </div>
  );
});

function Group({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <details open className="group border-t border-faint pt-1 pb-2 first:border-t-0">
      <summary className="focus-inset flex list-none items-center justify-between py-1.5 pr-4 pl-5 text-xs font-medium text-muted [&::-webkit-details-marker]:hidden">
        {title}
        <ChevronDown size={14} aria-hidden="true" className="group-not-open:-rotate-90" />
      </summary>
      <ul>{children}</ul>
      {note && <p className="px-5 pt-1 text-xs text-muted">{note}</p>}
    </details>
  );
}

function FacetRow({ row, isOn, onToggle }: { row: Row; isOn: boolean; onToggle: () => void }) {
  return (
    <li>
      <label
        className={cx(
          "flex h-[27px] items-center gap-2 pr-4 pl-5 hover:bg-hover coarse:h-11",
          isOn && "font-medium text-strong",
        )}
      >
        <Checkbox checked={isOn} onChange={onToggle} />
        <span className="flex min-w-0 flex-1 items-center gap-1.5">{row.label}</span>
        {row.count !== null && <span className="num text-xs font-regular text-muted">{row.count}</span>}
      </label>
    </li>
  );
}
