/** Parts of one finding: a section’s frame, its occurrences, and why they are one. */
import { cx } from "class-variance-authority";
import type { ReactNode } from "react";
import type { FindingDetail, Occurrence } from "@/api/types";
import { plural } from "@/lib/format";
import { scannerName } from "@/lib/words";
import { Chip } from "@/ui/chip";
import { Time } from "@/ui/time";
import { MATCHED_ON } from "./describe";

export function Section({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="mt-4 break-inside-avoid">
      <div className="mb-2 flex items-baseline gap-2">
        <h3>{title}</h3>
        {note !== undefined && <span className="ml-auto text-xs text-muted">{note}</span>}
      </div>
      {children}
    </section>
  );
}

function Ring({ occurrence, isFirst }: { occurrence: Occurrence; isFirst: boolean }) {
  const look = !occurrence.is_open
    ? "fill-none stroke-mark-control [stroke-dasharray:2_1.9]"
    : isFirst
      ? "fill-mark-accent stroke-mark-accent"
      : "fill-mark-ink stroke-mark-ink";
  const words = `${scannerName(occurrence.scanner)}: ${occurrence.is_open ? (isFirst ? "first seen here" : "seen") : "not seen any more"}`;
  return (
    <svg viewBox="0 0 14 14" role="img" aria-label={words} className="size-3.5">
      <title>{words}</title>
      <circle cx="7" cy="7" r="4.6" strokeWidth="1.6" className={look} />
    </svg>
  );
}

export function Occurrences({ finding }: { finding: FindingDetail }) {
  const refs = new Map<string, Occurrence[]>();
  for (const occurrence of finding.occurrences)
    refs.set(occurrence.ref, [...(refs.get(occurrence.ref) ?? []), occurrence]);
  const first = finding.occurrences
    .toSorted((a, b) => a.first_seen_at.localeCompare(b.first_seen_at))
    .find((each) => each.is_open);
  if (refs.size === 0) return null;
  return (
    <Section title="Occurrences" note="a ring per scanner and place">
      <ul className="text-xs">
        {[...refs].map(([ref, occurrences]) => {
          const open = occurrences.filter((occurrence) => occurrence.is_open);
          const newest = (open.length > 0 ? open : occurrences).toSorted((a, b) =>
            b.last_seen_at.localeCompare(a.last_seen_at),
          )[0];
          const line = newest?.location?.line;
          return (
            <li
              key={ref}
              className="grid min-h-[28px] grid-cols-[minmax(0,1fr)_auto_104px] items-center gap-2 border-t border-faint py-1 first:border-t-0"
            >
              <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
                <span
                  className={cx(
                    "font-mono text-code [overflow-wrap:anywhere]",
                    open.length > 0 ? "text-strong" : "text-muted",
                  )}
                >
                  <bdi>{ref}</bdi>
                  {line && <span className="text-muted">:{line}</span>}
                </span>
                {!occurrences[0]?.is_tracked && (
                  <Chip size="sm" title="Shown, but it does not make the finding active">
                    not tracked
                  </Chip>
                )}
              </span>
              <span className="flex max-w-[84px] flex-wrap justify-end gap-0.5">
                {occurrences.map((occurrence) => (
                  <Ring key={occurrence.id} occurrence={occurrence} isFirst={occurrence === first} />
                ))}
              </span>
              <span className="text-right text-muted">
                {newest &&
                  (open.length > 0 ? (
                    <>
                      seen <Time at={newest.last_seen_at} />
                    </>
                  ) : (
                    <>
                      gone for <Time at={newest.closed_at ?? newest.last_seen_at} look="age" />
                    </>
                  ))}
              </span>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

export function WhyOne({ finding }: { finding: FindingDetail }) {
  const scanners = new Map<string, Occurrence[]>();
  for (const occurrence of finding.occurrences)
    scanners.set(occurrence.scanner, [...(scanners.get(occurrence.scanner) ?? []), occurrence]);
  if (scanners.size === 0) return null;
  const count = finding.occurrences.length;
  const sentence =
    scanners.size > 1
      ? `${plural(scanners.size, "scanner")} report the same problem in the same place, so it is counted once.`
      : count > 1
        ? `One scanner reports it at ${plural(count, "place")} or refs; they are occurrences of one problem.`
        : "One scanner reports it at one place.";
  const identifier = finding.identifiers[0] ?? finding.rule_id;
  return (
    <Section title="Why this is one finding">
      <div className="rounded-md border border-default text-xs">
        <p className="px-3 py-2">{sentence}</p>
        <ul>
          {[...scanners].map(([scanner, occurrences]) => (
            <li
              key={scanner}
              className="grid grid-cols-[96px_minmax(0,1fr)_auto] items-center gap-2 border-t border-faint px-3 py-1.5"
            >
              <span className="font-medium text-strong">{scannerName(scanner)}</span>
              <span
                dir="auto"
                className="truncate text-left font-mono text-code"
                title={identifier ?? undefined}
              >
                {identifier}
              </span>
              <span className="text-muted">{plural(occurrences.length, "occurrence")}</span>
            </li>
          ))}
        </ul>
        <p className="flex flex-wrap items-center gap-1.5 border-t border-faint px-3 py-2">
          <span className="text-muted">Matched on</span>
          {MATCHED_ON[finding.kind].map((part) => (
            <Chip key={part}>{part}</Chip>
          ))}
        </p>
      </div>
    </Section>
  );
}
