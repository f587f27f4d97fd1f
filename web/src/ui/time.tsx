/** A relative date whose absolute form, with its zone, shows on hover and on focus. */
import { cx } from "class-variance-authority";
import { formatAbsolute, formatAge, formatRelative } from "@/lib/format";

export function Time({
  at,
  look = "relative",
  className,
}: {
  at: string;
  look?: "relative" | "age" | "absolute";
  className?: string;
}) {
  const absolute = formatAbsolute(at);
  const text = look === "relative" ? formatRelative(at) : look === "age" ? formatAge(at) : absolute;
  return (
    <time dateTime={at} title={absolute} className={cx("num", className)}>
      {text}
      {look !== "absolute" && <span className="sr-only"> ({absolute})</span>}
    </time>
  );
}
