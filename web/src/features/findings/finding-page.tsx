/** One finding on its own page: everything the peek shows, wider, and fit to print. */
import { useQuery } from "@tanstack/react-query";
import { Link, useCanGoBack, useNavigate, useRouter } from "@tanstack/react-router";
import { Printer } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useMay } from "@/api/session";
import type { FindingDetail } from "@/api/types";
import { describeEpss } from "@/lib/epss";
import { useShortcuts } from "@/lib/keyboard";
import { Button } from "@/ui/button";
import { CopyButton } from "@/ui/copy-button";
import { Page } from "@/ui/page";
import { Panel } from "@/ui/panel";
import { SeverityLabel } from "@/ui/severity";
import { ErrorState, Skeleton } from "@/ui/state";
import { Time } from "@/ui/time";
import { runLatestToastAction } from "@/ui/toast";
import { Advice, References } from "./advice";
import { cvssScore } from "./describe";
import { Evidence } from "./evidence";
import { Why } from "./explanation";
import { FindingHead } from "./finding-head";
import { useLastSearch } from "./last-list";
import { findingQuery } from "./queries";
import { RelatedFindings } from "./related";
import { Occurrences, Section } from "./sections";
import { Timeline } from "./timeline";
import type { Intent } from "./triage-dialog";
import { useTriage } from "./use-triage";

const TriageDialog = lazy(() => import("./triage-dialog"));

export function FindingPage({ id }: { id: string }) {
  const { data: finding, error, refetch } = useQuery(findingQuery(id));
  const triage = useTriage();
  const mayWrite = useMay("findings:write");
  const list = useLastSearch();
  const router = useRouter();
  const navigate = useNavigate();
  const canGoBack = useCanGoBack();
  const leave = () => (canGoBack ? router.history.back() : void navigate({ to: "/findings", search: list }));
  const [intent, ask] = useState<Intent | null>(null);
  const target = finding ? { findings: [finding] } : null;
  const confirm = () => target && void triage.apply(target, { triage: "confirmed" });
  useShortcuts(
    {
      c: confirm,
      d: () => ask("dismiss"),
      r: () => ask("accept"),
      s: () => ask("state"),
      a: () => ask("assign"),
      t: () => ask("tag"),
      z: runLatestToastAction,
    },
    mayWrite && finding !== undefined,
  );
  useShortcuts({ Escape: leave });
  const scope = (
    <span className="flex min-w-0 items-center gap-1 font-mono text-code text-muted">
      <span className="truncate">{id}</span> <CopyButton text={id} label="Copy the id" />
    </span>
  );
  const print = (
    <Button onClick={() => window.print()} className="phone:hidden">
      <Printer size={16} strokeWidth={1.75} />
      Print
    </Button>
  );
  return (
    <Page title="Finding" scope={scope} action={finding && print}>
      {error && !finding && (
        <Panel>
          <ErrorState title="The finding could not be loaded" error={error} onRetry={() => void refetch()} />
        </Panel>
      )}
      {!finding && !error && <Skeleton className="h-80 w-full rounded-lg" />}
      {finding && target && (
        <div className="grid items-start gap-3 wide:grid-cols-[minmax(0,1fr)_400px] print:block">
          <Panel className="px-5 py-4 print:border-0">
            <p className="mb-2 flex items-center gap-3">
              <SeverityLabel severity={finding.severity} />
              <span className="ml-auto hidden font-mono text-code text-muted print:inline">{id}</span>
              <span className="no-print ml-auto flex">
                <Link to="/findings" search={list} className="link reach text-xs">
                  {list.q === undefined ? "All findings" : "Back to the list"}
                </Link>
              </span>
            </p>
            {triage.failure && (
              <ErrorState
                title="The change was not saved"
                error={triage.failure.error}
                onRetry={triage.failure.retry}
              />
            )}
            {finding.joined_into && <JoinedNote into={finding.joined_into} />}
            <FindingHead isLarge finding={finding} onConfirm={confirm} onIntent={ask} />
            <Evidence finding={finding} />
            <Advice finding={finding} />
            <References finding={finding} />
            <Details finding={finding} />
          </Panel>
          <Panel className="px-5 pb-5 print:border-0">
            <Occurrences finding={finding} />
            <Why finding={finding} />
            <RelatedFindings finding={finding} />
            <Timeline finding={finding} />
          </Panel>
          <Suspense>
            {intent && (
              <TriageDialog
                intent={intent}
                target={target}
                onApply={(change, name) => void triage.apply(target, change, name ?? null)}
                onIntent={ask}
                onClose={() => ask(null)}
              />
            )}
          </Suspense>
        </div>
      )}
    </Page>
  );
}

function JoinedNote({ into }: { into: string }) {
  return (
    <p className="mb-3 rounded-md border border-default bg-sunken px-3 py-2">
      This was joined into{" "}
      <Link to="/findings/$id" params={{ id: into }} className="link font-mono text-code">
        {into}
      </Link>
      , which has its places now. What people said of it is kept here.
    </p>
  );
}

function Details({ finding }: { finding: FindingDetail }) {
  const score = cvssScore(finding.cvss);
  const epss = describeEpss(finding.epss);
  return (
    <Section title="Details">
      <dl className="grid grid-cols-[128px_minmax(0,1fr)] gap-y-1.5 text-xs">
        <dt className="text-muted">First seen</dt>
        <dd>
          <Time at={finding.first_seen_at} look="absolute" />
        </dd>
        <dt className="text-muted">Last seen</dt>
        <dd>
          <Time at={finding.last_seen_at} look="absolute" />
        </dd>
        <dt className="text-muted">Scanner’s severity</dt>
        <dd>{finding.severity_reported ?? "not said"}</dd>
        {score !== null && (
          <>
            <dt className="text-muted">CVSS</dt>
            <dd>{score.toFixed(1)}</dd>
          </>
        )}
        {epss !== null && (
          <>
            <dt className="text-muted">EPSS</dt>
            <dd>{epss}</dd>
          </>
        )}
        {finding.identifiers.length > 0 && (
          <>
            <dt className="text-muted">Identifiers</dt>
            <dd className="font-mono text-code [overflow-wrap:anywhere]">{finding.identifiers.join(", ")}</dd>
          </>
        )}
        {finding.rule_id && (
          <>
            <dt className="text-muted">Rule</dt>
            <dd className="font-mono text-code [overflow-wrap:anywhere]">{finding.rule_id}</dd>
          </>
        )}
        {finding.duplicate_of && (
          <>
            <dt className="text-muted">Duplicate of</dt>
            <dd>
              <Link
                to="/findings/$id"
                params={{ id: finding.duplicate_of }}
                className="link font-mono text-code"
              >
                {finding.duplicate_of}
              </Link>
            </dd>
          </>
        )}
      </dl>
    </Section>
  );
}
