/** The days of the trend by keyboard: arrows go through them, and a reader says each one's numbers as those of a slider. */
import type { KeyboardEvent } from "react";
import type { TrendDay } from "@/api/types";
import { formatDay, formatNumber } from "@/lib/format";
import { SEVERITY_WORD } from "@/lib/words";
import type { Layer } from "./trend-scale";

type DayCursorProps = {
  trend: TrendDay[];
  layers: Layer[];
  at: number | null;
  onMove: (to: number | null) => void;
  onOpen: (day: TrendDay) => void;
};

const WEEK = 7;
const STEPS: Record<string, number> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -WEEK,
  PageUp: WEEK,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

export function DayCursor({ trend, layers, at, onMove, onOpen }: DayCursorProps) {
  const last = trend.length - 1;
  const index = Math.min(at ?? last, last);
  const day = trend[index];
  if (day === undefined) return null;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step !== undefined) onMove(Math.max(0, Math.min(last, index + step)));
    else if (event.key === "Enter") onOpen(day);
    else if (event.key === "Escape" && at !== null) onMove(null);
    else return;
    event.preventDefault();
  };
  const counts = layers
    .toReversed()
    .map(
      (layer) =>
        `${SEVERITY_WORD[layer.severity].toLowerCase()} ${formatNumber((layer.high[index] ?? 0) - (layer.low[index] ?? 0))}`,
    );
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label="Day of the trend; Enter lists what was open on it"
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={index}
      aria-valuetext={`${formatDay(day.on)}: ${counts.join(", ")}; ${formatNumber(day.new)} new, ${formatNumber(day.closed)} closed`}
      onKeyDown={onKeyDown}
      onFocus={() => onMove(index)}
      onBlur={() => onMove(null)}
      className="pointer-events-none absolute inset-0 rounded-md"
    />
  );
}
