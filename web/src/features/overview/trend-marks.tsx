/** What stands over the areas of the trend: where reports begin, and one day's numbers. */
import type { TrendDay } from "@/api/types";
import { formatDay, formatNumber } from "@/lib/format";
import { SEVERITY_WORD } from "@/lib/words";
import type { Layer } from "./trend-scale";

/** Pixels above the highest line. */
export const TOP = 10;

/** Why the line may jump here: what is before is known from old reports, which were all sent later. */
export function FirstReport({
  x,
  left,
  right,
  bottom,
}: {
  x: number;
  left: number;
  right: number;
  bottom: number;
}) {
  const isRight = x > (left + right) / 2;
  const at = isRight ? x - 8 : x + 8;
  const anchor = isRight ? "end" : "start";
  return (
    <g>
      <rect
        x={left}
        y={TOP}
        width={x - left}
        height={bottom - TOP}
        fillOpacity="0.5"
        className="fill-(--surface-panel)"
      />
      <line x1={x} x2={x} y1={TOP} y2={bottom} strokeDasharray="4 3" className="stroke-(--text-muted)" />
      <text x={at} y={TOP + 12} textAnchor={anchor} className="fill-(--text-default) text-2xs font-medium">
        Reports come in from here on
      </text>
      <text x={at} y={TOP + 27} textAnchor={anchor} className="fill-(--chart-label) text-2xs phone:hidden">
        before: by the dates in them
      </text>
    </g>
  );
}

type ReadoutProps = { day: TrendDay; layers: Layer[]; index: number; isRight: boolean; at: number };

export function Readout({ day, layers, index, isRight, at }: ReadoutProps) {
  return (
    <dl
      className="pointer-events-none absolute top-2 z-(--z-float) grid w-40 grid-cols-[1fr_auto] gap-x-4 gap-y-0.5 rounded-md border border-strong bg-raised px-3 py-2 text-xs shadow-float"
      style={{ left: isRight ? at - 176 : at + 16 }}
    >
      <dt className="col-span-2 font-medium text-strong">{formatDay(day.on)}</dt>
      {layers.toReversed().map((layer) => (
        <div key={layer.severity} className="contents">
          <dt className="text-muted">{SEVERITY_WORD[layer.severity]}</dt>
          <dd className="num text-right">
            {formatNumber((layer.high[index] ?? 0) - (layer.low[index] ?? 0))}
          </dd>
        </div>
      ))}
      <dt className="text-muted">New, closed</dt>
      <dd className="num text-right">
        +{formatNumber(day.new)} −{formatNumber(day.closed)}
      </dd>
      <dd className="col-span-2 mt-1 text-2xs text-muted coarse:hidden">A click or Enter lists them</dd>
    </dl>
  );
}
