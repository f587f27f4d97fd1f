/** What all processes write, the newest at the top; it goes on by itself until it is held. */
import { useQuery } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { useState } from "react";
import { formatNumber } from "@/lib/format";
import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { Page } from "@/ui/page";
import { Panel } from "@/ui/panel";
import { SearchField } from "@/ui/search-field";
import { Segmented } from "@/ui/segmented";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/state";
import { Time } from "@/ui/time";
import { LEVELS, type LogLevel } from "./levels";
import { detailOf, type LogRecord, logQuery } from "./queries";

const TONE: Record<string, string> = {
  error: "text-critical",
  critical: "text-critical",
  warning: "text-high",
};
const CHOICES = LEVELS.map((level) => ({ value: level, label: level === "debug" ? "All" : level }));

type LogsPageProps = {
  level: LogLevel;
  contains: string;
  onLevel: (level: LogLevel) => void;
  onContains: (text: string) => void;
};

export function LogsPage({ level, contains, onLevel, onContains }: LogsPageProps) {
  const [isFollowing, setIsFollowing] = useState(true);
  const { data, error, refetch } = useQuery(logQuery({ level, contains, isFollowing }));
  const records = data ? [...data.records].reverse() : undefined;
  return (
    <Page
      title="Logs"
      scope={
        records && (
          <span className="truncate text-muted phone:hidden">{formatNumber(records.length)} newest</span>
        )
      }
      action={
        <Button aria-pressed={!isFollowing} onClick={() => setIsFollowing(!isFollowing)}>
          {isFollowing ? <Pause size={15} aria-hidden="true" /> : <Play size={15} aria-hidden="true" />}
          <span className="phone:sr-only">{isFollowing ? "Hold" : "Follow"}</span>
        </Button>
      }
    >
      <Panel>
        <div className="flex flex-wrap items-center gap-3 border-b border-default p-3">
          <SearchField
            label="Find in the log"
            placeholder="A request id, a job, a word"
            value={contains}
            onChange={onContains}
            className="min-w-[220px] flex-1"
          />
          <Segmented label="Least level" value={level} choices={CHOICES} onChange={onLevel} />
        </div>
        {error ? (
          <ErrorState error={error} title="The log could not be read" onRetry={() => void refetch()} />
        ) : records === undefined ? (
          <SkeletonRows count={12} height="h-8" />
        ) : records.length === 0 ? (
          <EmptyState
            title={contains ? "Nothing in the log has these words" : "Nothing was written yet"}
            action={<Code canCopy head="On the server" text="hauberk logs --follow" />}
          >
            The newest 2,000 records of all processes are kept here. Older ones are where your logs are kept.
          </EmptyState>
        ) : (
          <ol className="divide-y divide-default" aria-label="Log records, newest first">
            {records.map((record) => (
              <Line key={record.place} record={record} />
            ))}
          </ol>
        )}
      </Panel>
    </Page>
  );
}

function Line({ record }: { record: LogRecord }) {
  return (
    <li className="grid grid-cols-[88px_72px_80px_minmax(0,1fr)] gap-x-3 px-3 py-1 text-sm phone:grid-cols-[auto_auto_minmax(0,1fr)]">
      <Time at={record.at} look="clock" className="text-muted" />
      <span className={TONE[record.level] ?? "text-muted"}>{record.level}</span>
      <span className="truncate text-muted phone:hidden">{record.role}</span>
      <span className="min-w-0 break-words font-mono text-xs leading-5">
        <span className="font-semibold text-default">{record.event}</span>{" "}
        <span className="text-muted">{detailOf(record)}</span>
      </span>
    </li>
  );
}
