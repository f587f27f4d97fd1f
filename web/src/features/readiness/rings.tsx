/** One ring a check, linked like mail: where a ring is broken, the coat is open. */
import { cx } from "class-variance-authority";
import type { CheckResult, ReadinessCheck } from "@/api/types";

const RING: Record<CheckResult, string> = {
  PASS: "fill-transparent stroke-mark-success",
  WARN: "fill-transparent stroke-mark-warn",
  FAIL: "fill-mark-danger stroke-mark-danger",
  SKIP: "fill-transparent stroke-mark-control [stroke-dasharray:2.4_2]",
  WAIVED: "fill-transparent stroke-mark-control [stroke-dasharray:2.4_2]",
};
const STEP = 9.6;
const PER_ROW = 24;

/** Only a picture: the numbers beside it say the same. */
export function Rings({ checks, className }: { checks: ReadinessCheck[]; className?: string }) {
  const rows = Math.ceil(checks.length / PER_ROW);
  const width = Math.min(checks.length, PER_ROW) * STEP + 4.4;
  return (
    <svg
      viewBox={`0 0 ${width.toFixed(1)} ${rows * 14}`}
      width={width}
      height={rows * 14}
      aria-hidden="true"
      className={cx("h-auto max-w-full", className)}
    >
      {checks.map((check, index) => (
        <circle
          key={check.id}
          cx={(7 + (index % PER_ROW) * STEP).toFixed(1)}
          cy={7 + Math.floor(index / PER_ROW) * 14}
          r="5"
          strokeWidth="1.5"
          className={RING[check.result]}
        />
      ))}
    </svg>
  );
}
