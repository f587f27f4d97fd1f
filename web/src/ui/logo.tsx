/** Three rings, linked: the only motif. */
import { cx } from "class-variance-authority";

const IRON = [
  "M18.97 14.93A8.2 8.2 0 0 1 9.98 20.12",
  "M5.94 18.24A8.2 8.2 0 1 1 19.36 10.50",
  "M14.35 17.22A8.2 8.2 0 0 1 14.35 6.84",
  "M18.00 4.29A8.2 8.2 0 1 1 18.00 19.77",
];
const WOAD = ["M14.68 12.08A8.2 8.2 0 0 1 23.67 17.27", "M24.06 21.70A8.2 8.2 0 1 1 10.64 13.96"];

export function Logo({ className, title }: { className?: string; title?: string }) {
  return (
    <svg
      viewBox="0 0 32 32"
      fill="none"
      strokeWidth="2.3"
      className={cx("shrink-0", className)}
      role={title ? "img" : undefined}
      aria-label={title}
      aria-hidden={title ? undefined : true}
    >
      <path d={IRON.join("")} className="stroke-(--text-strong)" />
      <path d={WOAD.join("")} className="stroke-mark-accent" />
    </svg>
  );
}
