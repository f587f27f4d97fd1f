/** A relative date whose absolute form, with its zone, shows on hover and on focus. */
import { cx } from "class-variance-authority";
import { formatAbsolute, formatAge, formatClock, formatRelative } from "@/lib/format";

const WRITTEN = {
  relative: (at: string) => formatRelative(at),
  age: (at: string) => formatAge(at),
  absolute: formatAbsolute,
  clock: formatClock,
};

export function Time({
  at,
  look = "relative",
  className,
}: {
  at: string;
  look?: keyof typeof WRITTEN;
  className?: string;
}) {
  const absolute = formatAbsolute(at);
  const text = WRITTEN[look](at);
  return (
    <time dateTime={at} title={absolute} className={cx("num", className)}>
      {text}
      {look !== "absolute" && <span className="sr-only"> ({absolute})</span>}
    </time>
  );
}
