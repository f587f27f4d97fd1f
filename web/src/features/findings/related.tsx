/** Findings of other kinds that probably come from the same cause: named here, counted on their own. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api } from "@/api/client";
import { useMay } from "@/api/session";
import type { FindingDetail, RelatedFinding } from "@/api/types";
import { KIND_WORD } from "@/lib/words";
import { Button } from "@/ui/button";
import { ProblemNote } from "@/ui/problem-note";
import { SeverityLabel } from "@/ui/severity";
import { describePlace } from "./describe";
import { Section } from "./sections";
import { relatedQuery } from "./use-regroup";

export function RelatedFindings({ finding }: { finding: FindingDetail }) {
  const { data } = useQuery(relatedQuery(finding.id));
  const queryClient = useQueryClient();
  const mayWrite = useMay("findings:write");
  const dismiss = useMutation({
    mutationFn: (other: RelatedFinding) => {
      const path = `/findings/${finding.id}/related/${other.id}/dismissal`;
      return other.dismissed_at ? api.delete(path) : api.put(path, {});
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["findings"] }),
  });
  if (!data || data.items.length === 0) return null;
  return (
    <Section title="Related findings" note="other kinds, not merged">
      <ul className="rounded-md border border-default text-xs">
        {data.items.map((other) => (
          <li
            key={other.id}
            className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 border-t border-faint px-3 py-2 first:border-t-0"
          >
            <div className={other.dismissed_at ? "min-w-0 opacity-70" : "min-w-0"}>
              <p className="flex items-center gap-2">
                <SeverityLabel severity={other.severity} />
                <Link
                  to="/findings/$id"
                  params={{ id: other.id }}
                  dir="auto"
                  title={other.title}
                  className="link truncate"
                >
                  {other.title}
                </Link>
              </p>
              <p className="truncate text-muted">
                {KIND_WORD[other.kind]}
                {describePlace(other.location) && (
                  <span className="font-mono text-code"> {describePlace(other.location)}</span>
                )}
              </p>
              <p className={other.dismissed_at ? "line-through" : undefined}>
                {other.reasons.map((reason) => reason.text).join(" ")}
              </p>
            </div>
            {mayWrite && (
              <Button
                size="sm"
                look="quiet"
                className="no-print"
                isBusy={dismiss.isPending && dismiss.variables.id === other.id}
                onClick={() => dismiss.mutate(other)}
              >
                {other.dismissed_at ? "Restore" : "Not related"}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <ProblemNote error={dismiss.error} />
    </Section>
  );
}
