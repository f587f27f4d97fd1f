/** Who is called first, who next when nobody acknowledges. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useMay } from "@/api/session";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Confirm } from "@/ui/confirm";
import { Panel, PanelHead } from "@/ui/panel";
import { QueryList } from "@/ui/query-list";
import { EmptyState } from "@/ui/state";
import { PolicyDialog } from "./policy-dialog";
import { channelsQuery, peopleQuery, policiesQuery, useDeletePolicy } from "./queries";
import type { AlertSeverity, EscalationPolicy, Schedule } from "./types";

const CALLS_FOR: Record<AlertSeverity, string> = {
  critical: "critical alerts only",
  warning: "warnings and graver",
  info: "every alert",
};

/** Names of everything that a step can call, by kind and id. */
function useCallable(schedules: Schedule[]): Map<string, string> {
  const { data: people } = useQuery(peopleQuery);
  const { data: channels } = useQuery(channelsQuery);
  return new Map([
    ...schedules.map((each) => [`schedule ${each.id}`, `whoever is on call in ${each.name}`] as const),
    ...(people?.items ?? []).map((each) => [`person ${each.id}`, each.name] as const),
    ...(channels?.items ?? []).map((each) => [`channel ${each.id}`, `the channel ${each.name}`] as const),
  ]);
}

export function EscalationPanel({ schedules }: { schedules: Schedule[] }) {
  const policies = useQuery(policiesQuery);
  const mayChange = useMay("alerting:write");
  const names = useCallable(schedules);
  const [editing, setEditing] = useState<EscalationPolicy | "new" | null>(null);
  const [deleting, setDeleting] = useState<EscalationPolicy | null>(null);
  return (
    <Panel>
      <PanelHead title="Escalation" note="Who is called when an alert fires and nobody acknowledges it.">
        {mayChange && (
          <Button size="sm" onClick={() => setEditing("new")}>
            New policy
          </Button>
        )}
      </PanelHead>
      <QueryList
        query={policies}
        things="policies"
        skeleton={{ count: 2, height: "h-12" }}
        empty={
          <EmptyState title="Nobody is called">
            Channels hear of alerts all the same. A policy calls people, one after the other, until somebody
            acknowledges.
          </EmptyState>
        }
      >
        {(items) => (
          <ul>
            {items.map((policy) => (
              <li key={policy.id} className="grid gap-1 border-t border-default px-4 py-3">
                <div className="flex flex-wrap items-center gap-2">
                  <h3 className="font-semibold text-strong">{policy.name}</h3>
                  {policy.is_default && <Chip tone="success">In force</Chip>}
                  <span className="text-xs text-muted">
                    {CALLS_FOR[policy.least_severity]}
                    {policy.repeats > 0 && `, repeated ${plural(policy.repeats, "time")}`}
                  </span>
                  {mayChange && (
                    <span className="ml-auto flex phone:-ml-2 phone:w-full">
                      <Button
                        size="sm"
                        look="quiet"
                        aria-label={`Change ${policy.name}`}
                        onClick={() => setEditing(policy)}
                      >
                        Change
                      </Button>
                      <Button
                        size="sm"
                        look="quiet"
                        aria-label={`Delete ${policy.name}`}
                        onClick={() => setDeleting(policy)}
                      >
                        Delete
                      </Button>
                    </span>
                  )}
                </div>
                <ol className="grid gap-0.5 text-default">
                  {policy.steps.map((step, place) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
                    <li key={place} className="grid grid-cols-[96px_minmax(0,1fr)]">
                      <span className="num text-muted">
                        {step.after_minutes === 0 ? "At once" : `After ${step.after_minutes} min`}
                      </span>
                      <span>
                        {step.notify
                          .map((each) => names.get(`${each.kind} ${each.id}`) ?? "somebody who is gone")
                          .join(", ")}
                      </span>
                    </li>
                  ))}
                </ol>
              </li>
            ))}
          </ul>
        )}
      </QueryList>
      {editing && (
        <PolicyDialog
          policy={editing === "new" ? undefined : editing}
          names={names}
          isFirst={!policies.data?.items.length}
          onClose={() => setEditing(null)}
        />
      )}
      {deleting && <DeleteDialog policy={deleting} onClose={() => setDeleting(null)} />}
    </Panel>
  );
}

function DeleteDialog({ policy, onClose }: { policy: EscalationPolicy; onClose: () => void }) {
  const remove = useDeletePolicy();
  return (
    <Confirm
      title={`Delete ${policy.name}?`}
      action="Delete policy"
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(policy.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p>
        Alerts that escalate by it call nobody any more.
        {policy.is_default && " It is the one in force: until another is, people are called for nothing."}{" "}
        Channels hear of alerts all the same.
      </p>
    </Confirm>
  );
}
