/** Whether this installation is fit for production: one sentence, then the evidence for it. */
import { useQuery } from "@tanstack/react-query";
import { cx } from "class-variance-authority";
import { RotateCw } from "lucide-react";
import { useMay } from "@/api/session";
import type { CheckLevel, CheckResult, ReadinessCheck } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { Button } from "@/ui/button";
import { Page } from "@/ui/page";
import { Panel, PanelHead } from "@/ui/panel";
import { Segmented } from "@/ui/segmented";
import { EmptyState, ErrorState, Skeleton } from "@/ui/state";
import { Time } from "@/ui/time";
import { CheckGroup } from "./check-group";
import { readinessQuery } from "./queries";
import { groupsOf, verdictOf } from "./verdict";

export type Shown = "all" | "must" | "should";
export const SHOWN: readonly Shown[] = ["all", "must", "should"];

export function ReadinessPage({ shown, onShown }: { shown: Shown; onShown: (shown: Shown) => void }) {
  const mayRead = useMay("readiness:read");
  const { data, error, isFetching, refetch } = useQuery({ ...readinessQuery, enabled: mayRead });
  const again = (
    <Button isBusy={isFetching} onClick={() => void refetch()} disabled={!mayRead}>
      <RotateCw size={16} strokeWidth={1.75} />
      <span className="phone:hidden">Run again</span>
    </Button>
  );
  return (
    <Page title="Readiness" scope={<span className="truncate">{window.location.host}</span>} action={again}>
      {!mayRead && (
        <Panel>
          <EmptyState title="Readiness is for administrators">
            Ask one to show you the report, or to make you an administrator.
          </EmptyState>
        </Panel>
      )}
      {error && !data && (
        <Panel>
          <ErrorState title="The checks could not be run" error={error} onRetry={() => void refetch()} />
        </Panel>
      )}
      {mayRead && !data && !error && <Skeleton className="h-28 w-full rounded-lg" />}
      {data && (
        <>
          <Verdict checks={data.items} />
          <Panel label="Checks" className="overflow-x-auto">
            <PanelHead title="Checks">
              <Segmented
                label="Level"
                value={shown}
                onChange={onShown}
                choices={SHOWN.map((value) => ({
                  value,
                  label: { all: "All", must: "Must", should: "Should" }[value],
                }))}
              />
            </PanelHead>
            <table className="w-full border-collapse phone:block phone:[&>tbody]:block" aria-label="Checks">
              <thead className="phone:hidden">
                <tr className="text-left text-xs text-muted [&>th]:px-2 [&>th]:py-1.5 [&>th]:font-medium [&>th]:first:pl-4">
                  <th className="w-24">Result</th>
                  <th className="w-[26%]">Check</th>
                  <th className="w-20">Level</th>
                  <th className="w-[26%]">Evidence</th>
                  <th className="w-24 peek:max-wide:hidden">Kind</th>
                  <th>Advice</th>
                  <th className="w-28">Checked</th>
                </tr>
              </thead>
              {groupsOf(data.items.filter((check) => shown === "all" || check.level === shown)).map(
                (group) => (
                  <CheckGroup key={group.name} group={group} />
                ),
              )}
            </table>
          </Panel>
        </>
      )}
    </Page>
  );
}

function Verdict({ checks }: { checks: ReadinessCheck[] }) {
  const newest = checks
    .map((check) => check.observed_at ?? "")
    .toSorted()
    .at(-1);
  const build = checks.find((check) => check.build)?.build;
  return (
    <Panel
      label="Verdict"
      className="grid grid-cols-3 desk:grid-cols-[minmax(0,1.35fr)_repeat(3,minmax(0,1fr))]"
    >
      <div className="p-4 phone:col-span-3 phone:border-b phone:border-faint">
        <p className="text-muted">Production readiness</p>
        <h2 className="my-1 text-xl tracking-tight">{verdictOf(checks)}</h2>
        <p className="text-xs text-muted">
          {newest && (
            <>
              Checked <Time at={newest} />
            </>
          )}
          {build && ` · version ${build}`}
        </p>
      </div>
      <Tally title="Must" checks={checks} level="must" />
      <Tally title="Should" checks={checks} level="should" />
      <Tally title="All" checks={checks} />
    </Panel>
  );
}

const RING: Record<CheckResult, string> = {
  PASS: "stroke-mark-success",
  WARN: "stroke-mark-warn",
  FAIL: "stroke-mark-danger fill-mark-danger",
  SKIP: "stroke-mark-control [stroke-dasharray:2.2_2]",
  WAIVED: "stroke-mark-control",
};

function Tally({ title, checks, level }: { title: string; checks: ReadinessCheck[]; level?: CheckLevel }) {
  const own = checks.filter((check) => level === undefined || check.level === level);
  const passed = own.filter((check) => check.result === "PASS").length;
  const count = (result: CheckResult) => own.filter((check) => check.result === result).length;
  return (
    <div className="min-w-0 border-l border-faint p-4 phone:px-4 phone:py-3 phone:nth-2:border-l-0">
      <p className="text-muted">{title}</p>
      <p className="num-big text-2xl leading-tight font-medium tracking-tighter text-strong phone:text-xl">
        {formatNumber(passed)} <span className="text-muted">/ {formatNumber(own.length)}</span>
      </p>
      {level === undefined ? (
        <p className="num mt-2 text-xs text-muted phone:hidden">
          {count("FAIL")} fail · {count("WARN")} warn · {count("SKIP") + count("WAIVED")} skipped
        </p>
      ) : (
        <svg
          viewBox={`0 0 ${own.length * 9 + 5} 14`}
          aria-hidden="true"
          className={cx("mt-2 h-3.5 max-w-full phone:hidden")}
        >
          {own.map((check, index) => (
            <circle
              key={check.id}
              cx={7 + index * 9}
              cy="7"
              r="5.2"
              fill="none"
              strokeWidth="2"
              className={RING[check.result]}
            />
          ))}
        </svg>
      )}
    </div>
  );
}
