/** Whether this installation is fit for production, proved check by check. */
import { useQuery } from "@tanstack/react-query";
import { Download, RefreshCw } from "lucide-react";
import { useMay } from "@/api/session";
import type { Readiness, ReadinessCheck } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { save } from "@/lib/save";
import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { announce } from "@/ui/live-region";
import { Menu, MenuItem } from "@/ui/menu";
import { Page } from "@/ui/page";
import { Panel } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { Segmented } from "@/ui/segmented";
import { EmptyState, ErrorState, Skeleton, SkeletonRows } from "@/ui/state";
import { Th } from "@/ui/table";
import { CheckGroup } from "./check-group";
import { FeedsPanel } from "./feeds-panel";
import { HistoryPanel } from "./history-panel";
import { LEVELS, type LevelFilter } from "./levels";
import { readinessQuery, useCheckAgain } from "./queries";
import { groupsOf, kindOf, ofLevel, verdictOf } from "./verdict";
import { VerdictPanel } from "./verdict-panel";

type ReadinessPageProps = {
  level: LevelFilter;
  unfolded: string[];
  onLevel: (level: LevelFilter) => void;
  onUnfold: (groups: string[]) => void;
};

export function ReadinessPage(props: ReadinessPageProps) {
  const mayRead = useMay("readiness:read");
  const { data, error, isFetching, refetch } = useQuery({ ...readinessQuery, enabled: mayRead });
  const again = useCheckAgain();
  const checkAgain = () =>
    again.mutate(undefined, { onSuccess: (fresh) => announce(verdictOf(fresh.items).text) });
  return (
    <Page
      title="Readiness"
      scope={<span className="truncate text-muted phone:hidden">{window.location.host}</span>}
      action={
        mayRead && (
          <div className="flex gap-2">
            <ExportMenu report={data} />
            <Button isBusy={isFetching || again.isPending} onClick={checkAgain}>
              <RefreshCw size={15} aria-hidden="true" />
              <span className="phone:sr-only">Check again</span>
            </Button>
          </div>
        )
      }
    >
      {!mayRead ? (
        <Panel>
          <EmptyState
            title="Readiness is for administrators"
            action={
              <div className="w-full max-w-[460px]">
                <Code canCopy head="On the server" text="hauberk readiness --level must" />
              </div>
            }
          >
            It shows how this installation is secured. Ask an administrator, or run it where Hauberk runs:
          </EmptyState>
        </Panel>
      ) : error ? (
        <Panel>
          <ErrorState error={error} title="The checks could not be run" onRetry={() => void refetch()} />
        </Panel>
      ) : data ? (
        <>
          {again.error !== null && <ProblemNote error={again.error} />}
          <VerdictPanel checks={data.items} />
          <Checks {...props} checks={data.items} />
          <FeedsPanel />
          <HistoryPanel />
        </>
      ) : (
        <Panel>
          <div className="grid gap-2 p-4">
            <Skeleton className="h-6 w-80 max-w-full" />
            <Skeleton className="h-3 w-40" />
          </div>
          <SkeletonRows count={10} height="h-(--row-table)" />
        </Panel>
      )}
    </Page>
  );
}

/** The report to keep: as a document that can be signed, or as data. */
function ExportMenu({ report }: { report: Readiness | undefined }) {
  return (
    <Menu
      trigger={
        <Button disabled={report === undefined}>
          <Download size={15} aria-hidden="true" />
          <span className="phone:sr-only">Export</span>
        </Button>
      }
    >
      <MenuItem onSelect={() => save("/api/v1/readiness/document", "readiness.pdf")}>
        PDF, to be signed
      </MenuItem>
      <MenuItem onSelect={() => save("/api/v1/readiness", "readiness.json")}>JSON</MenuItem>
    </Menu>
  );
}

const LEVEL_LABEL: Record<LevelFilter, string> = { all: "All", must: "Must", should: "Should" };

function Checks({
  level,
  unfolded,
  onLevel,
  onUnfold,
  checks,
}: ReadinessPageProps & { checks: ReadinessCheck[] }) {
  const mayWrite = useMay("readiness:write");
  const shown = ofLevel(checks, level);
  const groups = groupsOf(shown);
  const foldable = groups.filter((group) => group.passing.length > 0).map((group) => group.name);
  const areAllUnfolded = foldable.length > 0 && foldable.every((name) => unfolded.includes(name));
  const kinds = [...new Set(checks.map((check) => check.kind))].map(kindOf);
  return (
    <Panel label="Checks" className="overflow-hidden">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pt-3 pb-2">
        <h2 className="text-md tracking-tight">Checks</h2>
        <Segmented
          label="Level"
          value={level}
          choices={LEVELS.map((value) => ({
            value,
            label: `${LEVEL_LABEL[value]} ${formatNumber(ofLevel(checks, value).length)}`,
          }))}
          onChange={onLevel}
        />
        {foldable.length > 0 && (
          <button
            type="button"
            className="link min-h-6 text-xs coarse:min-h-11"
            onClick={() => onUnfold(areAllUnfolded ? [] : foldable)}
          >
            {areAllUnfolded ? "Hide what passes" : "Show what passes"}
          </button>
        )}
        <dl className="ml-auto hidden gap-3 text-xs text-muted wide:flex">
          {kinds.map(({ word, note }) => (
            <div key={word} className="flex gap-1">
              <dt className="font-medium text-default">{word}</dt>
              <dd>{note}</dd>
            </div>
          ))}
        </dl>
      </div>
      <table aria-label="Checks" className="w-full border-collapse phone:block">
        <thead className="phone:sr-only">
          <tr>
            <Th>Result</Th>
            <Th>Check</Th>
            <Th className="hidden wide:table-cell">Level</Th>
            <Th>Evidence</Th>
            <Th className="hidden wide:table-cell">Kind</Th>
            <Th>Advice</Th>
            <Th isRight className="hidden wide:table-cell">
              Checked
            </Th>
          </tr>
        </thead>
        {groups.map((group) => (
          <CheckGroup
            key={group.name}
            group={group}
            isUnfolded={unfolded.includes(group.name)}
            mayWrite={mayWrite}
            onFold={(isUnfolded) =>
              onUnfold(
                isUnfolded ? [...unfolded, group.name] : unfolded.filter((name) => name !== group.name),
              )
            }
          />
        ))}
      </table>
      {groups.length === 0 && (
        <p className="px-4 py-6 text-muted">No check has this level. Choose another above.</p>
      )}
    </Panel>
  );
}
