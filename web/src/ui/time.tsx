/** A relative date whose absolute form, with its zone, shows on hover and on focus, and on paper, where "3 d ago" soon lies. */
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
    <time dateTime={at} title={absolute} className={cx("num print:whitespace-normal", className)}>
      {/* An age stays beside its date: "gone for 3 d" would not be a sentence without. */}
      {look === "relative" ? <span className="print:hidden">{text}</span> : text}
      {look !== "absolute" && <OnPaper at={at} isAlone={look === "relative"} />}
    </time>
  );
}

/** A date that readers hear and paper shows, beside something that is written relative to now. */
export function OnPaper({ at, isAlone = false }: { at: string; isAlone?: boolean }) {
  return (
    <span className="sr-only print:not-sr-only">
      <span className={isAlone ? "print:hidden" : undefined}> (</span>
      <span className="num">{formatAbsolute(at)}</span>
      <span className={isAlone ? "print:hidden" : undefined}>)</span>
    </span>
  );
}
