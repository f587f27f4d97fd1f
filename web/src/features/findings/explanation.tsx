/** Why this is one finding: what each scanner's result is recognised by, what drifted, and what was joined or split. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useMay } from "@/api/session";
import type { ExplainedOccurrence, Explanation, FindingDetail, Match, Place } from "@/api/types";
import { plural } from "@/lib/format";
import { scannerName } from "@/lib/words";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { ProblemNote } from "@/ui/problem-note";
import { Skeleton } from "@/ui/state";
import { Time } from "@/ui/time";
import { describePlace } from "./describe";
import { Regroupings } from "./regroupings";
import { Section } from "./sections";
import { explanationQuery, type Regroup, useRegroup } from "./use-regroup";

const JoinDialog = lazy(() =>
  import("./regroup-dialogs").then(({ JoinDialog }) => ({ default: JoinDialog })),
);
const SplitDialog = lazy(() =>
  import("./regroup-dialogs").then(({ SplitDialog }) => ({ default: SplitDialog })),
);
const SHOWN_AT_FIRST = 5;

export function Why({ finding }: { finding: FindingDetail }) {
  const { data, error } = useQuery(explanationQuery(finding.id));
  const regroup = useRegroup(finding.id);
  return (
    <Section title="Why this is one finding">
      {error && <ProblemNote error={error} />}
      {!data && !error && <Skeleton className="h-24 w-full" />}
      {data && (
        <div className="rounded-md border border-default text-xs">
          <p className="px-3 py-2">{sentenceOf(data)}</p>
          <Results results={data.occurrences} />
          {data.regroupings.length > 0 && <Regroupings explanation={data} regroup={regroup} />}
          {finding.joined_into == null && <Acts finding={finding} regroup={regroup} />}
        </div>
      )}
    </Section>
  );
}

function sentenceOf({ occurrences, keys }: Explanation): string {
  const scanners = new Set(occurrences.map((each) => each.scanner)).size;
  if (occurrences.length === 0) return "Nothing of it is reported any more; it is known again by its keys.";
  if (scanners > 1)
    return `${plural(scanners, "scanner")} name the same problem here, so it is counted once.`;
  return occurrences.length > 1
    ? `One scanner reports it at ${plural(occurrences.length, "place")} under ${keys.length === 1 ? "one key" : plural(keys.length, "key")}.`
    : "One scanner reports it at one place.";
}

/** Results of one key stand together: what they are recognised by is said once. */
function Results({ results }: { results: ExplainedOccurrence[] }) {
  const [isWhole, showWhole] = useState(false);
  const groups = new Map<string, ExplainedOccurrence[]>();
  for (const result of isWhole ? results : results.slice(0, SHOWN_AT_FIRST)) {
    const key = result.keys[0]?.fingerprint ?? result.id;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return (
    <>
      <ul>
        {[...groups].map(([key, those]) => (
          <li key={key} className="border-t border-faint px-3 py-2">
            <Inputs result={those[0]} />
            <ul className="mt-1.5 grid grid-cols-[minmax(0,1fr)] gap-1.5">
              {those.map((result) => (
                <Result key={result.id} result={result} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {!isWhole && results.length > SHOWN_AT_FIRST && (
        <p className="border-t border-faint px-3 py-1.5">
          <Button size="sm" look="quiet" onClick={() => showWhole(true)}>
            Show all {results.length}
          </Button>
        </p>
      )}
    </>
  );
}

function Inputs({ result }: { result: ExplainedOccurrence | undefined }) {
  const [key, ...others] = result?.keys ?? [];
  if (!key) return null;
  const also = others.map((each) => String(each.inputs.identifier ?? each.fingerprint.slice(0, 8)));
  return (
    <dl className="grid grid-cols-[80px_minmax(0,1fr)] gap-x-2 gap-y-0.5">
      {Object.entries(key.inputs).map(([name, value]) => (
        <Input key={name} name={name} value={value} />
      ))}
      {key.made_from === null && <Input name="key" value="from an earlier form of its results" />}
      {also.length > 0 && <Input name="also" value={also.join(", ")} />}
    </dl>
  );
}

function Result({ result }: { result: ExplainedOccurrence }) {
  const place = describePlace(result.location) ?? result.component?.path;
  return (
    <li>
      <p className="flex items-baseline gap-x-2">
        <span className="min-w-0 font-medium text-strong">{scannerName(result.scanner)}</span>
        {result.regrouping && <Chip size="sm">by hand or alias</Chip>}
        <span
          className="ml-auto max-w-[60%] min-w-0 truncate font-mono text-code text-muted"
          title={result.ref}
        >
          {result.ref}
        </span>
      </p>
      <p dir="auto" className="text-left font-mono text-code [overflow-wrap:anywhere]">
        {place ?? result.rule}
      </p>
      {result.matches.map((match) => (
        <Drifted key={match.at + match.pass_name} match={match} />
      ))}
    </li>
  );
}

function Input({ name, value }: { name: string; value: string | number | null }) {
  if (value === null || value === "") return null;
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd dir="auto" className="line-clamp-2 text-left font-mono text-code break-all" title={String(value)}>
        {value}
      </dd>
    </>
  );
}

function Drifted({ match }: { match: Match }) {
  return (
    <div className="mt-0.5 border-l-2 border-strong pl-2">
      <p>
        {match.reason} <Time at={match.at} look="age" className="text-muted" />
      </p>
      <p className="font-mono text-code break-all text-muted">
        {wordsOf(match.was)} → <span className="text-default">{wordsOf(match.now)}</span>
        {match.similarity !== null &&
          match.similarity < 1 &&
          ` (alike by ${Math.round(match.similarity * 100)} %)`}
      </p>
      {match.rejected.length > 0 && (
        <p className="text-muted">
          Less alike: <span className="font-mono text-code">{match.rejected.map(wordsOf).join(", ")}</span>
        </p>
      )}
    </div>
  );
}

function wordsOf(place: Place): string {
  if (place.package) return [place.package, place.version].filter(Boolean).join(" ");
  return describePlace(place) ?? "no place";
}

function Acts({ finding, regroup }: { finding: FindingDetail; regroup: Regroup }) {
  const mayWrite = useMay("findings:write");
  const [asked, ask] = useState<"join" | "split" | null>(null);
  const open = finding.occurrences.filter((occurrence) => occurrence.is_open).length;
  if (!mayWrite) return null;
  const dialog = { finding, regroup, onClose: () => ask(null) };
  return (
    <div className="no-print flex flex-wrap gap-2 border-t border-faint px-3 py-2">
      <Button size="sm" onClick={() => ask("join")}>
        Join another finding
      </Button>
      {open > 1 && (
        <Button size="sm" onClick={() => ask("split")}>
          Split places off
        </Button>
      )}
      <Suspense>
        {asked === "join" && <JoinDialog {...dialog} />}
        {asked === "split" && <SplitDialog {...dialog} />}
      </Suspense>
    </div>
  );
}
