/** Who is called first, who next when nobody acknowledges. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useMay } from "@/api/session";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { Panel, PanelHead } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { EmptyState, SkeletonRows } from "@/ui/state";
import { channelsQuery, peopleQuery, policiesQuery, useSavePolicy } from "./queries";
import type { EscalationPolicy, Notify, Schedule } from "./types";

const STEPS = 3;

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
  const { data, isPending } = useQuery(policiesQuery);
  const mayChange = useMay("alerting:write");
  const names = useCallable(schedules);
  const [editing, setEditing] = useState<EscalationPolicy | "new" | null>(null);
  return (
    <Panel>
      <PanelHead title="Escalation" note="Who is called when an alert fires and nobody acknowledges it.">
        {mayChange && (
          <Button size="sm" onClick={() => setEditing("new")}>
            New policy
          </Button>
        )}
      </PanelHead>
      {isPending ? (
        <SkeletonRows count={2} height="h-12" />
      ) : !data?.items.length ? (
        <EmptyState title="Nobody is called">
          Channels hear of alerts all the same. A policy calls people, one after the other, until somebody
          acknowledges.
        </EmptyState>
      ) : (
        <ul>
          {data.items.map((policy) => (
            <li key={policy.id} className="grid gap-1 border-t border-default px-4 py-3">
              <div className="flex flex-wrap items-center gap-2">
                <h3 className="font-semibold text-strong">{policy.name}</h3>
                {policy.is_default && <Chip tone="success">In force</Chip>}
                <span className="text-xs text-muted">
                  {policy.least_severity} and graver
                  {policy.repeats > 0 && `, repeated ${plural(policy.repeats, "time")}`}
                </span>
                {mayChange && (
                  <Button
                    size="sm"
                    look="quiet"
                    className="ml-auto"
                    aria-label={`Change ${policy.name}`}
                    onClick={() => setEditing(policy)}
                  >
                    Change
                  </Button>
                )}
              </div>
              <ol className="grid gap-0.5 text-default">
                {policy.steps.map((step, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
                  <li key={place}>
                    <span className="num text-muted">
                      {step.after_minutes === 0 ? "At once" : `After ${step.after_minutes} min`}
                    </span>{" "}
                    {step.notify
                      .map((each) => names.get(`${each.kind} ${each.id}`) ?? "somebody who is gone")
                      .join(", ")}
                  </li>
                ))}
              </ol>
            </li>
          ))}
        </ul>
      )}
      {editing && (
        <PolicyDialog
          policy={editing === "new" ? undefined : editing}
          names={names}
          isFirst={!data?.items.length}
          onClose={() => setEditing(null)}
        />
      )}
    </Panel>
  );
}

type DialogProps = {
  policy?: EscalationPolicy;
  names: Map<string, string>;
  isFirst: boolean;
  onClose: () => void;
};

function PolicyDialog({ policy, names, isFirst, onClose }: DialogProps) {
  const save = useSavePolicy(policy?.id);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const steps = Array.from({ length: STEPS }, (_, place) => {
      const [kind, id] = String(form.get(`whom ${place}`)).split(" ");
      return {
        after_minutes: Number(form.get(`after ${place}`)),
        notify: id ? [{ kind, id } as Notify] : [],
      };
    }).filter((step) => step.notify.length > 0);
    save.mutate(
      {
        name: String(form.get("name")).trim(),
        steps,
        repeats: Number(form.get("repeats")),
        least_severity: policy?.least_severity ?? "critical",
        is_default: policy?.is_default || isFirst || form.get("in force") === "yes",
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog isOpen onClose={onClose} title={policy ? `Change ${policy.name}` : "New escalation policy"}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <TextField
            label="Name"
            name="name"
            required
            maxLength={100}
            defaultValue={policy?.name}
            autoFocus
          />
          {Array.from({ length: STEPS }, (_, place) => {
            const step = policy?.steps[place];
            const whom = step?.notify[0];
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
              <div key={place} className="grid grid-cols-[112px_minmax(0,1fr)] gap-3">
                <TextField
                  label="After minutes"
                  name={`after ${place}`}
                  type="number"
                  min="0"
                  max="1440"
                  defaultValue={step?.after_minutes ?? (place === 0 ? 0 : 10)}
                />
                <SelectField
                  label={`Step ${place + 1} calls`}
                  name={`whom ${place}`}
                  defaultValue={whom ? `${whom.kind} ${whom.id}` : ""}
                  required={place === 0}
                >
                  <option value="">nobody</option>
                  {[...names].map(([value, name]) => (
                    <option key={value} value={value}>
                      {name}
                    </option>
                  ))}
                </SelectField>
              </div>
            );
          })}
          <TextField
            label="Repeated"
            name="repeats"
            type="number"
            min="0"
            max="9"
            defaultValue={policy?.repeats ?? 2}
            hint="How often all steps begin again."
          />
          <ProblemNote error={save.error} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={save.isPending}>
            Save policy
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
