/** Open findings by severity, each number leading to the list that it counts. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import type { BySeverity, Dashboard, Severity } from "@/api/types";
import { filterOf } from "@/lib/filter-link";
import { formatChange, formatNumber } from "@/lib/format";
import { OPEN_FILTER, SEVERITIES, SEVERITY_WORD } from "@/lib/words";
import { Panel } from "@/ui/panel";
import { SEVERITY_FILL, SeverityLabel } from "@/ui/severity";

type SeverityHeadProps = Pick<Dashboard, "open" | "change"> & { asOf?: string; className?: string };

const BIG: Severity[] = ["critical", "high", "medium", "low"];
const SMALL: Severity[] = ["info", "unknown"];
const cell = "focus-inset block min-w-0 px-4 max-peek:px-2.5 phone:px-4 py-3 hover:bg-hover border-faint";

const searchFor = (severity: Severity, asOf?: string) => ({
  q: `${filterOf("severity", severity)} ${OPEN_FILTER}`,
  as_of: asOf,
});

export function SeverityHead({ open, change, asOf, className }: SeverityHeadProps) {
  const net = change.new - change.closed;
  return (
    <Panel label="Open findings by severity" className={cx("overflow-hidden", className)}>
      <div className="grid grid-cols-2 desk:grid-cols-[max-content_repeat(4,minmax(0,1fr))_minmax(max-content,1.25fr)]">
        <Link
          to="/findings"
          search={{ q: OPEN_FILTER, as_of: asOf }}
          className={cx(cell, "phone:col-span-2")}
        >
          <span className="text-muted">Open findings</span>
          <span className="mt-0.5 flex items-baseline gap-2 whitespace-nowrap">
            <span className="num-big text-3xl leading-[1.1] font-medium tracking-tighter text-strong">
              {formatNumber(open.total)}
            </span>
            <span
              className={cx(
                "num font-medium",
                net > 0 ? "text-danger" : net < 0 ? "text-success" : "text-muted",
              )}
            >
              {formatChange(net)}
            </span>
            <span className="text-xs text-muted desk:max-peek:hidden">in {change.days} days</span>
          </span>
        </Link>
        {BIG.map((severity) => (
          <Link
            key={severity}
            to="/findings"
            search={searchFor(severity, asOf)}
            className={cx(cell, "border-l phone:border-t phone:even:border-l-0")}
          >
            <SeverityLabel severity={severity} />
            <Count value={open.by_severity[severity]} className="mt-1 block text-2xl" />
          </Link>
        ))}
        <div className="grid peek:grid-cols-2 border-l border-faint phone:grid-cols-2 phone:col-span-2 phone:border-t phone:border-l-0">
          {SMALL.map((severity) => (
            <Link
              key={severity}
              to="/findings"
              search={searchFor(severity, asOf)}
              className={cx(cell, "max-peek:flex max-peek:items-center max-peek:gap-2")}
            >
              <SeverityLabel severity={severity} />
              <Count
                value={open.by_severity[severity]}
                className="mt-1 block text-2xl max-peek:mt-0 max-peek:text-md"
              />
            </Link>
          ))}
        </div>
      </div>
      <Strip counts={open.by_severity} />
    </Panel>
  );
}

function Count({ value = 0, className }: { value?: number; className: string }) {
  return (
    <span className={cx("num-big leading-tight font-medium tracking-tighter text-strong", className)}>
      {formatNumber(value)}
    </span>
  );
}

/** The same shares as one bar, in the same order. */
function Strip({ counts }: { counts: BySeverity }) {
  const total = SEVERITIES.reduce((sum, severity) => sum + (counts[severity] ?? 0), 0);
  if (total === 0) return null;
  const text = SEVERITIES.map((severity) => `${SEVERITY_WORD[severity]} ${counts[severity] ?? 0}`).join(", ");
  let x = 0;
  return (
    <svg
      viewBox="0 0 1000 8"
      preserveAspectRatio="none"
      role="img"
      aria-label={text}
      className="block h-2 w-full"
    >
      {SEVERITIES.map((severity) => {
        const width = ((counts[severity] ?? 0) / total) * 1000;
        const at = x;
        x += width;
        return (
          width > 0 && (
            <rect
              key={severity}
              x={at}
              width={Math.max(1, width - 3)}
              height="8"
              className={SEVERITY_FILL[severity]}
            />
          )
        );
      })}
    </svg>
  );
}
