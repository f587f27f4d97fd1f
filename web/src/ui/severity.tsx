/** Severity as shape, word and colour, in that order of importance. */
import { cx } from "class-variance-authority";
import type { Severity } from "@/api/types";
import { SEVERITY_WORD } from "@/lib/words";

const MARK: Record<Severity, string> = {
  critical: "text-mark-critical",
  high: "text-mark-high",
  medium: "text-mark-medium",
  low: "text-mark-low",
  info: "text-mark-info",
  unknown: "text-mark-unknown",
};
const WORD: Record<Severity, string> = {
  critical: "text-critical",
  high: "text-high",
  medium: "text-medium",
  low: "text-low",
  info: "text-info",
  unknown: "text-unknown",
};

/** The shape's drawing, for use inside a chart's own svg. */
export function SeverityShape({ severity }: { severity: Severity }) {
  const ring = { cx: 8, cy: 8, r: 5.6, fill: "none", stroke: "currentColor", strokeWidth: 1.8 };
  switch (severity) {
    case "critical":
      return (
        <path
          fill="currentColor"
          fillRule="evenodd"
          d="M4.9.8h6.2l4.1 4.1v6.2l-4.1 4.1H4.9L.8 11.1V4.9zM7 3.6v5.2h2V3.6zM7 10.4v2.1h2v-2.1z"
        />
      );
    case "high":
      return (
        <path
          fill="currentColor"
          d="M8 1.3c.5 0 .9.25 1.15.7l6.1 11c.5.9-.13 2-1.15 2H1.9c-1 0-1.65-1.1-1.15-2l6.1-11c.25-.45.65-.7 1.15-.7z"
        />
      );
    case "medium":
      return (
        <path
          fill="currentColor"
          d="M7.1 1.2a1.3 1.3 0 0 1 1.8 0l5.9 5.9a1.3 1.3 0 0 1 0 1.8l-5.9 5.9a1.3 1.3 0 0 1-1.8 0L1.2 8.9a1.3 1.3 0 0 1 0-1.8z"
        />
      );
    case "low":
      return (
        <>
          <circle {...ring} />
          <circle cx="8" cy="8" r="2.4" fill="currentColor" />
        </>
      );
    case "info":
      return <circle {...ring} />;
    default:
      return <circle {...ring} strokeDasharray="2.6 2.26" />;
  }
}

export function SeverityMark({ severity, className }: { severity: Severity; className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      className={cx("size-3.5 shrink-0", MARK[severity], className)}
    >
      <SeverityShape severity={severity} />
    </svg>
  );
}

export function SeverityWord({ severity, className }: { severity: Severity; className?: string }) {
  return (
    <span className={cx("font-medium whitespace-nowrap", WORD[severity], className)}>
      {SEVERITY_WORD[severity]}
    </span>
  );
}

export function SeverityLabel({ severity, className }: { severity: Severity; className?: string }) {
  return (
    <span className={cx("inline-flex items-center gap-1.5", className)}>
      <SeverityMark severity={severity} />
      <SeverityWord severity={severity} />
    </span>
  );
}

export const SEVERITY_FILL: Record<Severity, string> = {
  critical: "fill-mark-critical",
  high: "fill-mark-high",
  medium: "fill-mark-medium",
  low: "fill-mark-low",
  info: "fill-mark-info",
  unknown: "fill-mark-unknown",
};
export const SEVERITY_STROKE: Record<Severity, string> = {
  critical: "stroke-mark-critical",
  high: "stroke-mark-high",
  medium: "stroke-mark-medium",
  low: "stroke-mark-low",
  info: "stroke-mark-info",
  unknown: "stroke-mark-unknown",
};
export const SEVERITY_TEXT = MARK;
