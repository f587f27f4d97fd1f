/** A bar that moves only when work does. Drawn in SVG: no inline style is needed. */
import { cx } from "class-variance-authority";

type ProgressProps = { label: string; value: number | null; fill?: string; className?: string };

export function Progress({ label, value, fill = "fill-mark-accent", className }: ProgressProps) {
  const percent = value === null ? null : Math.max(0, Math.min(100, value * 100));
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent === null ? undefined : Math.round(percent)}
    >
      <Bar share={percent === null ? 0 : percent / 100} fill={fill} className={className} />
    </div>
  );
}

export function Bar({ share, fill, className }: { share: number; fill: string; className?: string }) {
  return (
    <svg
      viewBox="0 0 100 4"
      preserveAspectRatio="none"
      aria-hidden="true"
      className={cx("block h-1 w-full overflow-hidden rounded-full", className)}
    >
      <rect width="100" height="4" className="fill-(--surface-active)" />
      <rect width={(share * 100).toFixed(2)} height="4" className={fill} />
    </svg>
  );
}
