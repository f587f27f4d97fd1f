/** The arithmetic of the trend: stacked series, round axis steps, labels that do not overlap. */
import type { Severity, TrendDay } from "@/api/types";
import { STACK } from "./trend-days";

export type Layer = { severity: Severity; low: number[]; high: number[]; last: number };

export function stackOf(trend: TrendDay[]): Layer[] {
  const base = trend.map(() => 0);
  return STACK.map((severity) => {
    const low = [...base];
    trend.forEach((day, index) => {
      base[index] = (base[index] ?? 0) + (day.by_severity[severity] ?? 0);
    });
    return { severity, low, high: [...base], last: trend.at(-1)?.by_severity[severity] ?? 0 };
  });
}

/** At most five lines, at 1, 2, 4 or 5 times a power of ten, from zero to above the highest value. */
export function axisSteps(highest: number): number[] {
  const rough = Math.max(1, highest / 4);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 4, 5, 10].map((times) => times * power).find((each) => each >= rough) ?? rough;
  return Array.from({ length: Math.max(1, Math.ceil(highest / step)) + 1 }, (_, index) => index * step);
}

/** The days that the axis names: at most five, evenly apart, each once however short the trend is. */
export function axisDays(count: number): number[] {
  return [...new Set([0, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * (count - 1))))];
}

const CHAR_WIDTH = 6.8;
const LEAST_ROOM = 46;

/** Pixels beside the chart for the longest of these, and what stands between it and the chart. */
export function roomFor(labels: string[], beside: number): number {
  return Math.max(LEAST_ROOM, beside + Math.max(0, ...labels.map((label) => label.length)) * CHAR_WIDTH);
}

/** Pushes labels apart, from the lowest upwards, keeping their order. `places` grow downwards, as screens do. */
export function spread(places: number[], gap: number, lowest: number): number[] {
  const result: number[] = [];
  let limit = lowest;
  for (const place of places) {
    const at = Math.min(place, limit);
    result.push(at);
    limit = at - gap;
  }
  return result;
}
