/** Making or changing an escalation policy: its steps, each with all whom it calls at once. */
import { Plus, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button, IconButton } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { Checkbox, SelectField, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { useSavePolicy } from "./queries";
import type { AlertSeverity, EscalationPolicy, Notify } from "./types";

const MOST_STEPS = 10;
const USUAL_MINUTES = 10;

/** As a form has it: `whom` are "kind id". */
type Step = { key: number; after: number; whom: string[] };

type Props = {
  policy?: EscalationPolicy;
  names: Map<string, string>;
  isFirst: boolean;
  onClose: () => void;
};

export function PolicyDialog({ policy, names, isFirst, onClose }: Props) {
  const save = useSavePolicy(policy?.id);
  const [steps, setSteps] = useState<Step[]>(
    policy?.steps.map((step, key) => ({
      key,
      after: step.after_minutes,
      whom: step.notify.map((each) => `${each.kind} ${each.id}`),
    })) ?? [{ key: 0, after: 0, whom: [""] }],
  );
  const set = (key: number, change: Partial<Step>) =>
    setSteps(steps.map((each) => (each.key === key ? { ...each, ...change } : each)));
  const add = () =>
    setSteps([
      ...steps,
      { key: Math.max(...steps.map((each) => each.key)) + 1, after: USUAL_MINUTES, whom: [""] },
    ]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.mutate(
      {
        name: String(form.get("name")).trim(),
        steps: steps.map(({ after, whom }) => ({ after_minutes: after, notify: whom.map(asNotify) })),
        repeats: Number(form.get("repeats")),
        least_severity: String(form.get("least_severity")) as AlertSeverity,
        is_default: isFirst || form.get("in force") === "yes",
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
          {steps.map((step, place) => (
            <StepFields
              key={step.key}
              step={step}
              number={place + 1}
              names={names}
              onChange={(change) => set(step.key, change)}
              onRemove={
                steps.length > 1 ? () => setSteps(steps.filter((each) => each.key !== step.key)) : undefined
              }
            />
          ))}
          {steps.length < MOST_STEPS && (
            <Button size="sm" className="justify-self-start" onClick={add}>
              <Plus size={14} aria-hidden="true" />
              Next step
            </Button>
          )}
          <div className="grid grid-cols-2 gap-3">
            <TextField
              label="Repeated"
              name="repeats"
              type="number"
              min="0"
              max="9"
              defaultValue={policy?.repeats ?? 2}
              hint="How often all steps begin again."
            />
            <SelectField
              label="Calls for"
              name="least_severity"
              defaultValue={policy?.least_severity ?? "critical"}
            >
              <option value="critical">critical alerts only</option>
              <option value="warning">warnings and graver</option>
              <option value="info">every alert</option>
            </SelectField>
          </div>
          {!isFirst && (
            <label className="flex min-h-7 items-center gap-2 coarse:min-h-11">
              <Checkbox name="in force" value="yes" defaultChecked={policy?.is_default} />
              <span>In force for every rule that has no policy of its own</span>
            </label>
          )}
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

function asNotify(text: string): Notify {
  const [kind, id] = text.split(" ");
  return { kind, id } as Notify;
}

type StepProps = {
  step: Step;
  number: number;
  names: Map<string, string>;
  onChange: (change: Partial<Step>) => void;
  onRemove?: () => void;
};

function StepFields({ step, number, names, onChange, onRemove }: StepProps) {
  const { whom } = step;
  return (
    <fieldset className="grid gap-2 rounded-md border border-default p-3">
      <legend className="px-1 font-semibold text-strong">Step {number}</legend>
      <div className="grid grid-cols-[112px_minmax(0,1fr)_auto] items-end gap-2">
        <TextField
          label="After minutes"
          type="number"
          min="0"
          max="1440"
          required
          value={step.after}
          onChange={(event) => onChange({ after: Number(event.target.value) })}
        />
        <span className="pb-2 text-xs text-muted phone:text-2xs">
          {number === 1 ? "since it fired" : "since the step before, unacknowledged"}
        </span>
        {onRemove && (
          <IconButton label={`Take step ${number} away`} onClick={onRemove}>
            <Trash2 size={15} aria-hidden="true" />
          </IconButton>
        )}
      </div>
      {whom.map((each, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: whom a step calls is its place
        <div key={place} className="flex items-end gap-2 *:first:flex-1">
          <SelectField
            label={place === 0 ? `Step ${number} calls` : `Step ${number} calls as well`}
            isLabelHidden={place > 0}
            required
            value={each}
            onChange={(event) =>
              onChange({ whom: whom.map((other, at) => (at === place ? event.target.value : other)) })
            }
          >
            <option value="">choose…</option>
            {each !== "" && !names.has(each) && <option value={each}>somebody who is gone</option>}
            {[...names].map(([value, name]) => (
              <option key={value} value={value}>
                {name}
              </option>
            ))}
          </SelectField>
          {whom.length > 1 && (
            <IconButton
              label={`Do not call ${names.get(each) ?? "this one"} in step ${number}`}
              onClick={() => onChange({ whom: whom.filter((_, at) => at !== place) })}
            >
              <Trash2 size={15} aria-hidden="true" />
            </IconButton>
          )}
        </div>
      ))}
      <Button
        size="sm"
        look="quiet"
        className="justify-self-start"
        aria-label={`Somebody else as well, in step ${number}`}
        onClick={() => onChange({ whom: [...whom, ""] })}
      >
        Somebody else as well
      </Button>
    </fieldset>
  );
}
