/** One layer of a schedule: who takes turns, when they hand over and, unless around the clock, in which hours. */
import { ArrowLeft, Trash2 } from "lucide-react";
import { Button, IconButton } from "@/ui/button";
import { Checkbox, SelectField, TextField } from "@/ui/field";
import type { Layer } from "./types";

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const NIGHTS = { begins: "18:00", ends: "08:00", days: [0, 1, 2, 3, 4, 5, 6] };

type Props = {
  layer: Layer;
  number: number;
  members: { id: string; name: string }[];
  nameOf: (id: string) => string;
  onChange: (layer: Layer) => void;
  onRemove?: () => void;
};

export function LayerFields({ layer, number, members, nameOf, onChange, onRemove }: Props) {
  const set = (change: Partial<Layer>) => onChange({ ...layer, ...change });
  return (
    <fieldset className="grid gap-3 rounded-md border border-default p-3">
      <legend className="px-1 font-semibold text-strong">Layer {number}</legend>
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-end gap-2">
        <TextField
          label="Name of the layer"
          required
          maxLength={100}
          value={layer.name}
          onChange={(event) => set({ name: event.target.value })}
        />
        {onRemove && (
          <IconButton label={`Take layer ${number} away`} onClick={onRemove}>
            <Trash2 size={15} aria-hidden="true" />
          </IconButton>
        )}
      </div>
      <People layer={layer} members={members} nameOf={nameOf} onChange={(people) => set({ people })} />
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Handed over every"
          type="number"
          min="1"
          max="52"
          required
          value={layer.every}
          onChange={(event) => set({ every: Number(event.target.value) })}
        />
        <SelectField
          label="Unit"
          value={layer.unit}
          onChange={(event) => set({ unit: event.target.value as Layer["unit"] })}
        >
          <option value="hour">hours</option>
          <option value="day">days</option>
          <option value="week">weeks</option>
        </SelectField>
      </div>
      <TextField
        label="First handover"
        type="datetime-local"
        required
        value={layer.first_handover.slice(0, 16)}
        onChange={(event) => set({ first_handover: `${event.target.value}:00` })}
        hint="On the clock of the time zone; it stays at this hour when clocks jump."
      />
      <Hours hours={layer.hours} onChange={(hours) => set({ hours })} />
    </fieldset>
  );
}

type PeopleProps = Pick<Props, "layer" | "members" | "nameOf"> & { onChange: (people: string[]) => void };

function People({ layer: { people }, members, nameOf, onChange }: PeopleProps) {
  const toggle = (id: string) =>
    onChange(people.includes(id) ? people.filter((each) => each !== id) : [...people, id]);
  const earlier = (place: number) =>
    onChange(people.map((id, at) => people[at === place - 1 ? place : at === place ? place - 1 : at] ?? id));
  // Somebody who left stays on the list of a layer that names him, to be taken out.
  const gone = people.filter((id) => !members.some((member) => member.id === id));
  const all = [...members, ...gone.map((id) => ({ id, name: nameOf(id) }))];
  return (
    <div className="grid gap-1">
      <span className="font-medium text-strong">People, in the order of your choice</span>
      <ul className="max-h-44 overflow-y-auto rounded-md border border-default p-2">
        {all.map((member) => (
          <li key={member.id}>
            <label className="flex min-h-7 items-center gap-2 coarse:min-h-11">
              <Checkbox checked={people.includes(member.id)} onChange={() => toggle(member.id)} />
              <span className="min-w-0 truncate">{member.name}</span>
            </label>
          </li>
        ))}
      </ul>
      {people.length === 0 ? (
        <p className="text-xs text-muted">Choose at least one.</p>
      ) : (
        <ol className="flex flex-wrap gap-1.5 text-xs" aria-label="Their order">
          {people.map((id, place) => (
            <li key={id} className="flex min-h-7 items-center gap-1 rounded-md bg-sunken pr-1 pl-2 last:pr-1">
              <span className="num text-muted">{place + 1}</span> {nameOf(id)}
              {place > 0 && (
                <IconButton size="sm" label={`${nameOf(id)} earlier`} onClick={() => earlier(place)}>
                  <ArrowLeft size={13} aria-hidden="true" />
                </IconButton>
              )}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

type HoursProps = { hours: Layer["hours"]; onChange: (hours: Layer["hours"]) => void };

/** None: around the clock. */
function Hours({ hours, onChange }: HoursProps) {
  const set = (place: number, change: Partial<Layer["hours"][number]>) =>
    onChange(hours.map((each, at) => (at === place ? { ...each, ...change } : each)));
  return (
    <div className="grid gap-2">
      <label className="flex min-h-7 items-center gap-2 coarse:min-h-11">
        <Checkbox
          checked={hours.length > 0}
          onChange={(event) => onChange(event.target.checked ? [NIGHTS] : [])}
        />
        <span>Only at certain hours; else around the clock</span>
      </label>
      {hours.map((each, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: hours are their place
        <div key={place} className="grid gap-2 rounded-md bg-sunken p-2">
          <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-end gap-2">
            <TextField
              label="From"
              type="time"
              required
              value={each.begins.slice(0, 5)}
              onChange={(event) => set(place, { begins: event.target.value })}
            />
            <TextField
              label="To"
              type="time"
              required
              value={each.ends.slice(0, 5)}
              onChange={(event) => set(place, { ends: event.target.value })}
            />
            <IconButton
              label={`Take the hours from ${each.begins.slice(0, 5)} away`}
              onClick={() => onChange(hours.filter((_, at) => at !== place))}
            >
              <Trash2 size={15} aria-hidden="true" />
            </IconButton>
          </div>
          <fieldset className="flex flex-wrap gap-x-3">
            <legend className="sr-only">Days on which these hours begin</legend>
            {DAYS.map((day, number) => (
              <label key={day} className="flex min-h-7 items-center gap-1.5 text-xs coarse:min-h-11">
                <Checkbox
                  checked={each.days.includes(number)}
                  onChange={() =>
                    set(place, {
                      days: each.days.includes(number)
                        ? each.days.filter((other) => other !== number)
                        : [...each.days, number].sort(),
                    })
                  }
                />
                {day}
              </label>
            ))}
          </fieldset>
        </div>
      ))}
      {hours.length > 0 && (
        <Button size="sm" className="justify-self-start" onClick={() => onChange([...hours, NIGHTS])}>
          More hours
        </Button>
      )}
    </div>
  );
}
