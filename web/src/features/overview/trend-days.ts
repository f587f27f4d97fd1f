/** Which days and severities the trend shows. */
import type { Severity, TrendDay } from "@/api/types";

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
