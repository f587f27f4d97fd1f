/** Feeds: what others publish about vulnerabilities, how old what is loaded is, and why it is not newer. */
import { useQuery } from "@tanstack/react-query";
import type { CheckResult } from "@/api/types";
import { plural } from "@/lib/format";
import { Code } from "@/ui/code";
import { Panel, PanelHead } from "@/ui/panel";
import { ResultMark } from "@/ui/result-mark";
import { Time } from "@/ui/time";
import { type Feed, feedsQuery } from "./queries";

const STATE: Record<Feed["state"], { mark: CheckResult; word: string }> = {
  current: { mark: "PASS", word: "up to date" },
  lost: { mark: "FAIL", word: "lost" },
  not_loaded: { mark: "SKIP", word: "not loaded yet" },
  off: { mark: "SKIP", word: "switched off" },
};

export function FeedsPanel() {
  const { data } = useQuery(feedsQuery);
  if (data === undefined) return null;
  const waiting = data.feeds.find((feed) => feed.state === "lost" || feed.state === "not_loaded");
  return (
    <Panel label="Feeds">
      <PanelHead title="Feeds" note="What others publish about vulnerabilities, renewed once a day" />
      <ul className="grid">
        {data.feeds.map((feed) => (
          <Standing key={feed.name} feed={feed} />
        ))}
      </ul>
      {waiting && (
        <div className="border-t border-faint px-4 py-3">
          <Code canCopy head="Renew it now, on the server" text={`hauberk feed sync ${waiting.name}`} />
        </div>
      )}
    </Panel>
  );
}

function Standing({ feed }: { feed: Feed }) {
  const { mark, word } = STATE[feed.state];
  return (
    <li className="grid gap-1 border-t border-faint px-4 py-2.5">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-xs text-muted">
        <span className="inline-flex items-center gap-1.5 text-sm font-medium text-strong">
          <ResultMark result={mark} />
          {feed.title}
        </span>
        <span>{word}</span>
        {feed.entry_count > 0 && <span className="num">{plural(feed.entry_count, "entry", "entries")}</span>}
        {feed.synced_at && (
          <span>
            renewed <Time at={feed.synced_at} />
          </span>
        )}
        {feed.place && <span className="min-w-0 font-mono text-2xs break-all">{feed.place}</span>}
      </p>
      {(feed.failure ?? feed.loss) && (
        <p className="text-xs break-words text-default">{feed.failure ?? `It ${feed.loss}.`}</p>
      )}
    </li>
  );
}
