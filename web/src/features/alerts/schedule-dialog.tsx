/** Making or changing a rotation: who, in which order, and when they hand over. */
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { isProblem } from "@/api/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { Checkbox, SelectField, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { peopleQuery, useSaveSchedule } from "./queries";
import type { Layer, Schedule } from "./types";

/** The Monday of this week at nine, as a wall clock. */
function usualHandover(): string {
  const now = new Date();
  const monday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - ((now.getDay() + 6) % 7), 12);
  return `${monday.toISOString().slice(0, 10)}T09:00`;
}

export function ScheduleDialog({ schedule, onClose }: { schedule?: Schedule; onClose: () => void }) {
  const save = useSaveSchedule(schedule?.id);
  const { data: members } = useQuery(peopleQuery);
  const first = schedule?.layers[0];
  const [people, setPeople] = useState<string[]>(first?.people ?? []);
  const problem = isProblem(save.error) ? save.error : null;
  const names = new Map([
    ...(schedule?.people ?? []).map((person) => [person.id, person.name] as const),
    ...(members?.items ?? []).map((member) => [member.id, member.name] as const),
  ]);
  const zones = Intl.supportedValuesOf("timeZone");
  const zone = schedule?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const toggle = (id: string) =>
    setPeople(people.includes(id) ? people.filter((each) => each !== id) : [...people, id]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const layer: Layer = {
      name: first?.name ?? "First",
      people,
      first_handover: `${String(form.get("handover"))}:00`,
      unit: String(form.get("unit")) as Layer["unit"],
      every: Number(form.get("every")),
      hours: first?.hours ?? [],
    };
    save.mutate(
      {
        name: String(form.get("name")).trim(),
        time_zone: String(form.get("zone")),
        layers: [layer, ...(schedule?.layers.slice(1) ?? [])],
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog isOpen onClose={onClose} title={schedule ? `Change ${schedule.name}` : "New schedule"}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <TextField
            label="Name"
            name="name"
            required
            autoFocus
            maxLength={100}
            defaultValue={schedule?.name}
            placeholder="Operations"
            error={problem?.for("name")}
          />
          <SelectField label="Time zone" name="zone" defaultValue={zone} error={problem?.for("time_zone")}>
            {(zones.includes(zone) ? zones : [zone, ...zones]).map((each) => (
              <option key={each}>{each}</option>
            ))}
          </SelectField>
          <fieldset className="grid gap-1">
            <legend className="font-medium text-strong">People, in the order of your choice</legend>
            <ul className="max-h-44 overflow-y-auto rounded-md border border-default p-2">
              {(members?.items ?? []).map((member) => (
                <li key={member.id}>
                  <label className="flex min-h-7 items-center gap-2 coarse:min-h-11">
                    <Checkbox checked={people.includes(member.id)} onChange={() => toggle(member.id)} />
                    <span className="min-w-0 truncate">{member.name}</span>
                    {people.includes(member.id) && (
                      <span className="num ml-auto text-xs text-muted">{people.indexOf(member.id) + 1}</span>
                    )}
                  </label>
                </li>
              ))}
            </ul>
            <p className="text-xs text-muted">
              {people.length === 0
                ? "Choose at least one."
                : people.map((id) => names.get(id) ?? "somebody").join(" → ")}
            </p>
          </fieldset>
          <div className="grid grid-cols-2 gap-3">
            <TextField
              label="Handed over every"
              name="every"
              type="number"
              min="1"
              max="52"
              required
              defaultValue={first?.every ?? 1}
            />
            <SelectField label="Unit" name="unit" defaultValue={first?.unit ?? "week"}>
              <option value="hour">hours</option>
              <option value="day">days</option>
              <option value="week">weeks</option>
            </SelectField>
          </div>
          <TextField
            label="First handover"
            name="handover"
            type="datetime-local"
            required
            defaultValue={first?.first_handover.slice(0, 16) ?? usualHandover()}
            hint="On the clock of the time zone; it stays at this hour when clocks jump."
          />
          {schedule && schedule.layers.length > 1 && (
            <p className="text-xs text-muted">Its further layers stay as they are.</p>
          )}
          <ProblemNote error={save.error} shownFields={["name", "time_zone"]} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={save.isPending} disabled={people.length === 0}>
            Save schedule
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
