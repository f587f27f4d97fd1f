/** What a scan would close, by severity, with the way to each of them: of one that is held, and of a dry run that would be. */
import { Link } from "@tanstack/react-router";
import type { Scan } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";
import { SEVERITIES } from "@/lib/words";
import { Bar } from "@/ui/progress";
import { SEVERITY_FILL, SeverityLabel } from "@/ui/severity";

export function WouldClose({ scan: { id, held } }: { scan: Scan }) {
  const rows = SEVERITIES.map((severity) => ({ severity, count: held?.by_severity?.[severity] ?? 0 })).filter(
    (row) => row.count > 0,
  );
  const most = Math.max(1, ...rows.map((row) => row.count));
  return (
    <>
      {rows.length === 0 && <p className="text-muted">{plural(held?.would_close ?? 0, "finding")}</p>}
      <ul className="grid gap-1.5">
        {rows.map(({ severity, count }) => (
          <li key={severity} className="grid grid-cols-[84px_minmax(0,1fr)_56px] items-center gap-2">
            <SeverityLabel severity={severity} />
            <Bar share={count / most} fill={SEVERITY_FILL[severity]} className="h-1.5" />
            <span className="num text-right">{formatNumber(count)}</span>
          </li>
        ))}
      </ul>
      <Link
        to="/scans/$id"
        params={{ id }}
        search={{ change: "closed" }}
        className="link mt-2 inline-block text-xs"
      >
        See each of them
      </Link>
    </>
  );
}
