/** What was joined and split of a finding, by whom and why, each with its undo. */
import { Link } from "@tanstack/react-router";
import { GitMerge, Split } from "lucide-react";
import { useMay } from "@/api/session";
import type { Explanation, Regrouping } from "@/api/types";
import { Button } from "@/ui/button";
import { ProblemNote } from "@/ui/problem-note";
import { Time } from "@/ui/time";
import type { Regroup } from "./use-regroup";

export function Regroupings({ explanation, regroup }: { explanation: Explanation; regroup: Regroup }) {
  const mayWrite = useMay("findings:write");
  return (
    <>
      <h4 className="border-t border-faint px-3 pt-2 font-medium text-strong">Joined and split</h4>
      <ul className="pb-1">
        {explanation.regroupings.map((act) => (
          <li key={act.id} className="grid grid-cols-[16px_minmax(0,1fr)_auto] items-start gap-2 px-3 py-1.5">
            {act.act === "join" ? (
              <GitMerge size={13} strokeWidth={1.75} aria-hidden="true" className="mt-0.5 text-muted" />
            ) : (
              <Split size={13} strokeWidth={1.75} aria-hidden="true" className="mt-0.5 text-muted" />
            )}
            <span className={act.undone_at ? "min-w-0 text-muted line-through" : "min-w-0"}>
              <What act={act} /> <Time at={act.at} look="age" className="text-muted" />
              {act.reason && <span className="block [overflow-wrap:anywhere]">“{act.reason}”</span>}
            </span>
            {act.undone_at ? (
              <span className="text-muted">undone</span>
            ) : (
              mayWrite && (
                <Button
                  size="sm"
                  isBusy={regroup.undo.isPending && regroup.undo.variables === act.id}
                  onClick={() => regroup.undo.mutate(act.id)}
                  className="no-print"
                >
                  Undo
                </Button>
              )
            )}
          </li>
        ))}
      </ul>
      {regroup.undo.error && (
        <div className="px-3 pb-2">
          <ProblemNote error={regroup.undo.error} />
        </div>
      )}
    </>
  );
}

function What({ act }: { act: Regrouping }) {
  const other = act.other ? (
    <Link to="/findings/$id" params={{ id: act.other }} className="link font-mono text-code">
      {act.other}
    </Link>
  ) : (
    "results under another name"
  );
  const who =
    act.by?.name ?? (act.cause === "alias" ? `Aliases ${act.identifiers.join(" and ")}` : "Somebody");
  if (act.act === "join")
    return act.is_kept ? (
      <>
        {who} joined {other} into this
      </>
    ) : (
      <>
        {who} joined this into {other}
      </>
    );
  return act.is_kept ? (
    <>
      {who} split {other} off
    </>
  ) : (
    <>
      {who} split this off {other}
    </>
  );
}
