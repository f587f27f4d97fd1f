/** Stacked areas of open findings: labels at the end of each series, one line under the pointer. */
import { cx } from "class-variance-authority";
import { type PointerEvent, useLayoutEffect, useRef, useState } from "react";
import type { TrendDay } from "@/api/types";
import { formatDay, formatNumber } from "@/lib/format";
import { SEVERITY_WORD } from "@/lib/words";
import { SEVERITY_FILL, SEVERITY_STROKE, SEVERITY_TEXT, SeverityShape } from "@/ui/severity";
import { axisDays, axisSteps, type Layer, roomFor, spread, stackOf } from "./trend-scale";

const HEIGHT = 256;
const TOP = 10;
const BOTTOM = 24;

function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(820);
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(
      ([entry]) => entry && setWidth(Math.max(300, entry.contentRect.width)),
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return { box, width };
}

const labelOf = (layer: Layer) => `${SEVERITY_WORD[layer.severity]} ${formatNumber(layer.last)}`;

function describe(trend: TrendDay[], layers: Layer[]): string {
  const sum = (index: number) =>
    layers.reduce((total, layer) => total + ((layer.high.at(index) ?? 0) - (layer.low.at(index) ?? 0)), 0);
  const parts = layers.map(labelOf);
  return `Open findings went from ${formatNumber(sum(0))} on ${formatDay(trend[0]?.on ?? "")} to ${formatNumber(sum(-1))}. Now: ${parts.join(", ")}.`;
}

export default function TrendChart({ trend }: { trend: TrendDay[] }) {
  const { box, width } = useWidth();
  const [pointed, setPointed] = useState<number | null>(null);
  const layers = stackOf(trend);
  const steps = axisSteps(Math.max(...(layers.at(-1)?.high ?? [0]), 1));
  const highest = steps.at(-1) ?? 1;
  const left = roomFor(steps.map(formatNumber), 14);
  const right = width - roomFor(layers.map(labelOf), 30);
  const x = (index: number) => left + (index / (trend.length - 1)) * (right - left);
  const y = (value: number) => TOP + (1 - value / highest) * (HEIGHT - TOP - BOTTOM);
  const line = (values: number[]) =>
    values
      .map((value, index) => `${index === 0 ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`)
      .join("");
  const area = (layer: Layer) =>
    `${line(layer.high)}${layer.low.map((_, index) => `L${x(layer.low.length - 1 - index).toFixed(1)} ${y(layer.low.at(-1 - index) ?? 0).toFixed(1)}`).join("")}Z`;
  const middles = layers.map((layer) => y(((layer.low.at(-1) ?? 0) + (layer.high.at(-1) ?? 0)) / 2));
  const places = spread(middles, 16, HEIGHT - BOTTOM - 2);
  const days = axisDays(trend.length);
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const at =
      ((event.clientX - event.currentTarget.getBoundingClientRect().left - left) / (right - left)) *
      (trend.length - 1);
    setPointed(
      at < -0.5 || at > trend.length - 0.5 ? null : Math.max(0, Math.min(trend.length - 1, Math.round(at))),
    );
  };
  return (
    <div ref={box} className="relative px-4 pb-3">
      <svg
        width={width}
        height={HEIGHT}
        role="img"
        aria-label={describe(trend, layers)}
        onPointerMove={onMove}
        onPointerLeave={() => setPointed(null)}
        className="block max-w-full"
      >
        {steps.map((step) => (
          <g key={step}>
            <line
              x1={left}
              x2={right}
              y1={y(step)}
              y2={y(step)}
              className={step === 0 ? "stroke-(--chart-axis)" : "stroke-(--chart-grid)"}
            />
            <text x={left - 8} y={y(step) + 4} textAnchor="end" className="num fill-(--chart-label) text-2xs">
              {formatNumber(step)}
            </text>
          </g>
        ))}
        {layers.map((layer) => (
          <g key={layer.severity}>
            <path d={area(layer)} fillOpacity="0.26" className={SEVERITY_FILL[layer.severity]} />
            <path
              d={line(layer.high)}
              fill="none"
              strokeWidth="1.75"
              className={SEVERITY_STROKE[layer.severity]}
            />
          </g>
        ))}
        {days.map((day, index) => (
          <text
            key={day}
            x={x(day)}
            y={HEIGHT - 6}
            textAnchor={index === 0 ? "start" : index === days.length - 1 ? "end" : "middle"}
            className={cx(
              "num fill-(--chart-label) text-2xs",
              index % 2 === 1 && index < days.length - 1 && "phone:hidden",
            )}
          >
            {formatDay(trend[day]?.on ?? "")}
          </text>
        ))}
        {layers.map((layer, index) => (
          <g
            key={layer.severity}
            transform={`translate(${right + 8} ${(places[index] ?? 0) - 8})`}
            className={SEVERITY_TEXT[layer.severity]}
          >
            <svg width="13" height="13" y="1.5" viewBox="0 0 16 16" aria-hidden="true">
              <SeverityShape severity={layer.severity} />
            </svg>
            <text x="18" y="12" className="num fill-(--text-default) text-code font-medium">
              {labelOf(layer)}
            </text>
          </g>
        ))}
        {pointed !== null && (
          <line
            x1={x(pointed)}
            x2={x(pointed)}
            y1={TOP}
            y2={HEIGHT - BOTTOM}
            strokeDasharray="2 3"
            className="stroke-(--text-muted)"
          />
        )}
      </svg>
      {pointed !== null && trend[pointed] && (
        <Readout
          day={trend[pointed]}
          layers={layers}
          index={pointed}
          isRight={x(pointed) > width / 2}
          at={x(pointed)}
        />
      )}
    </div>
  );
}

type ReadoutProps = { day: TrendDay; layers: Layer[]; index: number; isRight: boolean; at: number };

function Readout({ day, layers, index, isRight, at }: ReadoutProps) {
  return (
    <dl
      className="pointer-events-none absolute top-2 z-(--z-float) grid w-40 grid-cols-[1fr_auto] gap-x-4 gap-y-0.5 rounded-md border border-strong bg-raised px-3 py-2 text-xs shadow-float"
      style={{ left: isRight ? at - 160 : at + 32 }}
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
    </dl>
  );
}
