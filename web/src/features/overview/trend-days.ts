/** Which days and severities the trend shows. */
import type { Severity, TrendDay } from "@/api/types";
import { filterOf } from "@/lib/filter-link";
import { today } from "@/lib/format";
import { OPEN_FILTER } from "@/lib/words";

/** Critical is the base: a base line can be compared. */
export const STACK: readonly Severity[] = ["critical", "high", "medium", "low"];

/** Severities that the chart leaves out, and that somebody has open: so it does not add up to all. */
export function leftOut(trend: TrendDay[]): Severity[] {
  const counts = trend.at(-1)?.by_severity ?? {};
  return (Object.keys(counts) as Severity[]).filter(
    (severity) => !STACK.includes(severity) && (counts[severity] ?? 0) > 0,
  );
}

/** Days before anything was counted say nothing; one of them is kept, so that the first rise is seen. */
export function fromFirstCount(trend: TrendDay[]): TrendDay[] {
  const first = trend.findIndex((day) => Object.values(day.by_severity).some((count) => count > 0));
  return first < 0 ? [] : trend.slice(Math.max(0, first - 1));
}

/** How many days the chart shows from before anything was sent, as old reports tell of them; 0 too where all are. */
export const daysBefore = (trend: TrendDay[], since: string | null): number =>
  since === null
    ? 0
    : Math.max(
        0,
        trend.findIndex(({ on }) => on >= since),
      );

/** The list that a day's number counts: what was open then, or is now. */
export function dayOf({ on }: TrendDay, severity?: Severity): { q: string; as_of?: string } {
  return {
    q: severity ? `${filterOf("severity", severity)} ${OPEN_FILTER}` : OPEN_FILTER,
    as_of: on === today() ? undefined : on,
  };
}
