/** Whether the trail is whole, in a line: a mark, the words, and the hash to compare. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { formatNumber, plural } from "@/lib/format";
import { CopyButton } from "@/ui/copy-button";
import { Panel } from "@/ui/panel";
import { ResultMark } from "@/ui/result-mark";
import { ErrorState, Skeleton } from "@/ui/state";
import { Time } from "@/ui/time";
import { chainQuery } from "./queries";

export function ChainNote() {
  const { data: chain, error, refetch } = useQuery(chainQuery);
  if (error)
    return (
      <Panel>
        <ErrorState error={error} title="The chain could not be checked" onRetry={() => void refetch()} />
      </Panel>
    );
  return (
    <Panel
      label="Whether the trail is whole"
      className="flex min-h-[60px] phone:min-h-[120px] flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5"
    >
      {!chain ? (
        <Skeleton className="h-4 w-72" />
      ) : (
        <>
          <ResultMark result={chain.broken_at !== null ? "FAIL" : chain.length === 0 ? "SKIP" : "PASS"} />
          <div className="min-w-0 flex-1 phone:min-w-[70%]">
            <p className="font-medium text-strong">
              {chain.broken_at !== null
                ? `The trail was changed: link ${formatNumber(chain.broken_at)} does not fit`
                : chain.length === 0
                  ? "Nothing is sealed yet"
                  : `The trail is whole: ${plural(chain.length, "event")} in one chain`}
            </p>
            <p className="text-xs text-muted">
              {chain.broken_at !== null ? (
                <>
                  Something in it was altered or taken away.{" "}
                  <Link to="/alerts/runbooks/$name" params={{ name: "AuditChainBroken" }} className="link">
                    What to do
                  </Link>
                </>
              ) : chain.length === 0 ? (
                <>
                  {plural(chain.waiting, "event waits", "events wait")} for the next sealing, every five
                  minutes. Until then nothing shows whether somebody changed them.
                </>
              ) : (
                <>
                  Each carries the hash of all before it. The newest were checked now, older ones in turn
                  {chain.looked_at && (
                    <>
                      , last <Time at={chain.looked_at} />
                    </>
                  )}
                  {chain.waiting > 0 && `; not sealed yet: ${formatNumber(chain.waiting)}`}.
                </>
              )}
            </p>
          </div>
          {chain.newest_hash && (
            <p className="flex min-w-0 items-center gap-1 text-xs text-muted">
              Newest hash
              <code className="truncate font-mono text-code">{chain.newest_hash.slice(0, 12)}…</code>
              <CopyButton text={chain.newest_hash} label="Copy the newest hash" />
            </p>
          )}
        </>
      )}
    </Panel>
  );
}
