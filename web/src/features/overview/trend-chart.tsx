/** Stacked areas of open findings: labels at the end of each series, one line under the pointer. */
import { useNavigate } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { type PointerEvent, useLayoutEffect, useRef, useState } from "react";
import type { TrendDay } from "@/api/types";
import { formatDay, formatNumber } from "@/lib/format";
import { SEVERITY_WORD } from "@/lib/words";
import { SEVERITY_FILL, SEVERITY_STROKE, SEVERITY_TEXT, SeverityShape } from "@/ui/severity";
import { DayCursor } from "./day-cursor";
import { dayOf, daysBefore } from "./trend-days";
import { FirstReport, Readout, TOP } from "./trend-marks";
import { axisDays, axisSteps, type Layer, roomFor, spread, stackOf } from "./trend-scale";

const LEAST_HEIGHT = 256;
const BOTTOM = 24;

function useSize() {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 820, height: LEAST_HEIGHT });
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null || typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      setSize({ width: Math.max(300, width), height: Math.max(LEAST_HEIGHT, height) });
    });
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return { box, ...size };
}

const labelOf = (layer: Layer) => `${SEVERITY_WORD[layer.severity]} ${formatNumber(layer.last)}`;

function describe(trend: TrendDay[], layers: Layer[], before: number): string {
  const sum = (index: number) =>
    layers.reduce((total, layer) => total + ((layer.high.at(index) ?? 0) - (layer.low.at(index) ?? 0)), 0);
  const parts = layers.map(labelOf);
  const sent =
    before > 1
      ? ` Reports came in from ${formatDay(trend[before]?.on ?? "")} on: before, by the dates in them.`
      : "";
  return `Open findings went from ${formatNumber(sum(0))} on ${formatDay(trend[0]?.on ?? "")} to ${formatNumber(sum(-1))}. Now: ${parts.join(", ")}.${sent}`;
}

type TrendChartProps = { trend: TrendDay[]; since: string | null };

export default function TrendChart({ trend, since }: TrendChartProps) {
  const { box, width, height } = useSize();
  const [pointed, setPointed] = useState<number | null>(null);
  const navigate = useNavigate();
  const layers = stackOf(trend);
  const steps = axisSteps(Math.max(...(layers.at(-1)?.high ?? [0]), 1));
  const highest = steps.at(-1) ?? 1;
  const left = roomFor(steps.map(formatNumber), 14);
  const right = width - roomFor(layers.map(labelOf), 30);
  const x = (index: number) => left + (index / (trend.length - 1)) * (right - left);
  const y = (value: number) => TOP + (1 - value / highest) * (height - TOP - BOTTOM);
  const line = (values: number[]) =>
    values
      .map((value, index) => `${index === 0 ? "M" : "L"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`)
      .join("");
  const area = (layer: Layer) =>
    `${line(layer.high)}${layer.low.map((_, index) => `L${x(layer.low.length - 1 - index).toFixed(1)} ${y(layer.low.at(-1 - index) ?? 0).toFixed(1)}`).join("")}Z`;
  const middles = layers.map((layer) => y(((layer.low.at(-1) ?? 0) + (layer.high.at(-1) ?? 0)) / 2));
  const places = spread(middles, 16, height - BOTTOM - 2);
  const days = axisDays(trend.length);
  // One day before is where any installation's line begins, and needs no word.
  const before = daysBefore(trend, since);
  const sentFrom = before > 1 ? x(before - 1) : null;
  const onMove = (event: PointerEvent<SVGSVGElement>) => {
    const at =
      ((event.clientX - event.currentTarget.getBoundingClientRect().left - left) / (right - left)) *
      (trend.length - 1);
    setPointed(
      at < -0.5 || at > trend.length - 0.5 ? null : Math.max(0, Math.min(trend.length - 1, Math.round(at))),
    );
  };
  return (
    <div ref={box} className="relative mx-4 mb-3 min-h-[256px] flex-1">
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the day cursor's, below. */}
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={describe(trend, layers, before)}
        onPointerMove={onMove}
        onPointerLeave={() => setPointed(null)}
        onClick={(event) => {
          // A finger asks for the numbers first; its way is the table.
          const day = pointed === null ? undefined : trend[pointed];
          if (day && (event.nativeEvent as globalThis.PointerEvent).pointerType === "mouse")
            void navigate({ to: "/findings", search: dayOf(day) });
        }}
        className={cx("absolute top-0 left-0 block max-w-full", pointed !== null && "cursor-pointer")}
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
        {sentFrom !== null && <FirstReport x={sentFrom} left={left} right={right} bottom={height - BOTTOM} />}
        {days.map((day, index) => (
          <text
            key={day}
            x={x(day)}
            y={height - 6}
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
            y2={height - BOTTOM}
            strokeDasharray="2 3"
            className="stroke-(--text-muted)"
          />
        )}
      </svg>
      <DayCursor
        trend={trend}
        layers={layers}
        at={pointed}
        onMove={setPointed}
        onOpen={(day) => void navigate({ to: "/findings", search: dayOf(day) })}
      />
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
