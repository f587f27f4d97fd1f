/** How many of each severity: shape, number, and for those who do not see it the word. Zeros keep their place. */
import { cx } from "class-variance-authority";
import type { BySeverity, Severity } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { SEVERITIES, SEVERITY_WORD } from "@/lib/words";
import { FindingsLink } from "@/ui/findings-link";
import { SeverityMark } from "@/ui/severity";

/** One small column a severity, so that numbers line up from row to row. Unknown shows only where there is one. */
export function SeverityCounts({
  counts,
  linkTo,
  className,
}: {
  counts: BySeverity;
  linkTo: (severity: Severity) => string;
  className?: string;
}) {
  return (
    <ul className={cx("flex gap-1 wide:gap-3.5", className)}>
      {SEVERITIES.filter((severity) => severity !== "unknown" || (counts.unknown ?? 0) > 0).map(
        (severity) => {
          const count = counts[severity] ?? 0;
          if (count === 0)
            return (
              <li key={severity} className="num w-13 pr-1 text-right leading-6 text-muted phone:hidden">
                <span aria-hidden="true">–</span>
                <span className="sr-only">no {SEVERITY_WORD[severity].toLowerCase()}</span>
              </li>
            );
          return (
            <li key={severity} className="w-13 phone:w-auto">
              <FindingsLink
                q={linkTo(severity)}
                label={`${formatNumber(count)} ${SEVERITY_WORD[severity].toLowerCase()}`}
                className="num relative z-1 flex h-6 items-center justify-between gap-1 rounded-sm px-1 font-medium text-default hover:bg-active hover:text-strong"
              >
                <SeverityMark severity={severity} className="size-3" />
                {formatNumber(count)}
              </FindingsLink>
            </li>
          );
        },
      )}
    </ul>
  );
}
