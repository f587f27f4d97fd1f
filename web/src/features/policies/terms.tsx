/** What a policy says, in a line: days by severity, and for what is known to be exploited. */
import { plural } from "@/lib/format";
import { SEVERITY_WORD } from "@/lib/words";
import { SeverityMark } from "@/ui/severity";
import type { GradedSeverity, PolicyTerms } from "./queries";

export const GRADED: readonly GradedSeverity[] = ["critical", "high", "medium", "low", "info"];

export function Terms({ terms }: { terms: PolicyTerms }) {
  const graded = GRADED.filter((each) => terms.days[each] !== null);
  if (graded.length === 0 && terms.known_exploited_days === null)
    return <span className="text-muted">Nothing is due</span>;
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1">
      {graded.map((each) => (
        <li key={each} className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <SeverityMark severity={each} />
          <span className="sr-only">{SEVERITY_WORD[each]}</span>
          <span className="num text-default">{plural(terms.days[each] ?? 0, "day")}</span>
        </li>
      ))}
      {terms.known_exploited_days !== null && (
        <li className="whitespace-nowrap text-default">
          <span className="text-muted">Known exploited</span>{" "}
          <span className="num">{plural(terms.known_exploited_days, "day")}</span>
        </li>
      )}
    </ul>
  );
}
