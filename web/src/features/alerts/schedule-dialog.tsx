/** Making or changing a rotation: its layers, from the one that is always there to those that stand above it. */
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type FormEvent, useState } from "react";
import { isProblem } from "@/api/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { LayerFields } from "./layer-fields";
import { peopleQuery, useSaveSchedule } from "./queries";
import type { Layer, Schedule } from "./types";

const MOST_LAYERS = 10;

/** The Monday of this week at nine, as a wall clock. */
function usualHandover(): string {
  const now = new Date();
  const monday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - ((now.getDay() + 6) % 7), 12);
  return `${monday.toISOString().slice(0, 10)}T09:00:00`;
}

const newLayer = (name: string): Layer => ({
  name,
  people: [],
  first_handover: usualHandover(),
  unit: "week",
  every: 1,
  hours: [],
});

export function ScheduleDialog({ schedule, onClose }: { schedule?: Schedule; onClose: () => void }) {
  const save = useSaveSchedule(schedule?.id);
  const { data: members } = useQuery(peopleQuery);
  const [layers, setLayers] = useState<Layer[]>(
    schedule && schedule.layers.length > 0 ? schedule.layers : [newLayer("First")],
  );
  const problem = isProblem(save.error) ? save.error : null;
  const names = new Map([
    ...(schedule?.people ?? []).map((person) => [person.id, person.name] as const),
    ...(members?.items ?? []).map((member) => [member.id, member.name] as const),
  ]);
  const zones = Intl.supportedValuesOf("timeZone");
  const zone = schedule?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const isReady = layers.every(
    ({ people, hours }) => people.length > 0 && hours.every(({ days }) => days.length > 0),
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    save.mutate(
      { name: String(form.get("name")).trim(), time_zone: String(form.get("zone")), layers },
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
          {layers.map((layer, place) => (
            <LayerFields
              // biome-ignore lint/suspicious/noArrayIndexKey: a layer is its place
              key={place}
              layer={layer}
              number={place + 1}
              members={members?.items ?? []}
              nameOf={(id) => names.get(id) ?? "somebody"}
              onChange={(changed) => setLayers(layers.map((each, at) => (at === place ? changed : each)))}
              onRemove={
                layers.length > 1 ? () => setLayers(layers.filter((_, at) => at !== place)) : undefined
              }
            />
          ))}
          {layers.length < MOST_LAYERS && (
            <div className="grid gap-1">
              <Button
                size="sm"
                className="justify-self-start"
                onClick={() => setLayers([...layers, newLayer(`Layer ${layers.length + 1}`)])}
              >
                <Plus size={14} aria-hidden="true" />
                Layer above these
              </Button>
              <p className="text-xs text-muted">
                Where several cover a moment, the last one says who is called: nights and weekends stand above
                the weeks.
              </p>
            </div>
          )}
          <ProblemNote error={save.error} shownFields={["name", "time_zone"]} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={save.isPending} disabled={!isReady}>
            Save schedule
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
