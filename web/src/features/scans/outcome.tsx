/** In a sentence: what a scan that was only tried would do. */
import type { Scan } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";

export function Outcome({ scan: { counts } }: { scan: Scan }) {
  if (!counts) return null;
  const { findings } = counts;
  const parts = [
    findings.closed > 0 && `${plural(findings.closed, "finding")} would no longer be active`,
    findings.reopened > 0 && `${formatNumber(findings.reopened)} would be open again`,
    findings.new > 0 && `${formatNumber(findings.new)} would be new`,
    counts.moved + counts.changed > 0 &&
      `${plural(counts.moved + counts.changed, "result")} would move or read differently`,
  ].filter(Boolean);
  return <>{parts.length > 0 ? `${parts.join(", ")}.` : "Nothing would change."}</>;
}
