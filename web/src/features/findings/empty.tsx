/** An empty list says why: nothing sent yet, a filter too narrow, or the work is done. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileUp, Terminal } from "lucide-react";
import { api } from "@/api/client";
import type { Finding, List } from "@/api/types";
import { formatToken, parseFilter, withoutToken } from "@/lib/filter-query";
import { plural } from "@/lib/format";
import { OPEN_FILTER } from "@/lib/words";
import { Button, buttonStyle } from "@/ui/button";
import { Code } from "@/ui/code";
import { MailScrap } from "@/ui/mail-pattern";
import { EmptyState, Skeleton } from "@/ui/state";

const countQuery = (q: string) => ({
  queryKey: ["findings", "count", q],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    api.get<List<Finding>>("/findings", { query: { q, limit: 1 }, signal }),
  select: (list: List<Finding>) => list.total,
  retry: false,
});

export default function EmptyList({ query, onChange }: { query: string; onChange: (query: string) => void }) {
  const { data: all } = useQuery(countQuery(""));
  if (all === undefined) return <Skeleton className="m-6 h-24 w-80" />;
  if (all === 0) return <FirstTime />;
  if (query.trim() === OPEN_FILTER)
    return (
      <EmptyState
        title="Nothing is open"
        action={<Button onClick={() => onChange("")}>Show all {plural(all, "finding")}</Button>}
      >
        Every finding is fixed or decided.
      </EmptyState>
    );
  return <TooNarrow query={query} onChange={onChange} />;
}

function TooNarrow({ query, onChange }: { query: string; onChange: (query: string) => void }) {
  const tokens = parseFilter(query);
  const without = tokens.map((_, index) => withoutToken(query, index));
  const counts = useQueries({ queries: without.map((q) => countQuery(q)) });
  const offers = tokens
    .map((token, index) => ({
      text: formatToken(token),
      query: without[index] ?? "",
      count: counts[index]?.data ?? 0,
    }))
    .filter((offer) => offer.count > 0)
    .toSorted((a, b) => b.count - a.count);
  const [best] = offers;
  return (
    <EmptyState
      title="No finding fits this filter"
      action={
        <>
          {offers.slice(0, 3).map((offer) => (
            <Button key={offer.text} onClick={() => onChange(offer.query)}>
              Drop <code className="font-mono text-code">{offer.text}</code> to see{" "}
              {plural(offer.count, "finding")}
            </Button>
          ))}
          <Button look="quiet" onClick={() => onChange("")}>
            Clear the filter
          </Button>
        </>
      }
    >
      {best && (
        <>
          <code className="font-mono text-code text-strong">{best.text}</code> excludes most.
        </>
      )}
    </EmptyState>
  );
}

export function FirstTime() {
  const command = `export HAUBERK_URL=${window.location.origin} HAUBERK_TOKEN=hbk_…\nhauberk upload trivy.json --asset payments-api --ref main --wait`;
  return (
    <div className="grid flex-1 place-content-center p-6 phone:place-content-start phone:p-4">
      <div className="grid w-[620px] max-w-full grid-cols-[minmax(0,1fr)] gap-4">
        <MailScrap />
        <div>
          <h2 className="text-xl tracking-tight">No findings yet</h2>
          <p className="mt-1 text-md leading-normal text-muted">
            Upload one scanner report. Hauberk reads it, joins what belongs together and shows one list.
          </p>
        </div>
        <div className="grid gap-3 desk:grid-cols-2">
          <div className="grid grid-rows-[auto_1fr_auto] gap-2 rounded-lg border border-default bg-panel p-4">
            <h3 className="flex items-center gap-2">
              <FileUp size={16} /> Upload a report
            </h3>
            <p className="text-muted">SARIF, CycloneDX, or what your scanner writes by itself.</p>
            <Link to="/scans" className={buttonStyle({ look: "filled", className: "justify-self-start" })}>
              Choose a file
            </Link>
          </div>
          <div className="grid grid-rows-[auto_1fr_auto] gap-2 rounded-lg border border-default bg-panel p-4">
            <h3 className="flex items-center gap-2">
              <Terminal size={16} /> Send from CI
            </h3>
            <p className="text-muted">One command at the end of the job.</p>
            <Link
              to="/settings/$section"
              params={{ section: "tokens" }}
              className={buttonStyle({ className: "justify-self-start" })}
            >
              Create a token
            </Link>
          </div>
        </div>
        <Code text={command} head="shell" canCopy />
      </div>
    </div>
  );
}
