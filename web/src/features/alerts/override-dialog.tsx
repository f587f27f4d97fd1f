/** Somebody else for a time. */
import { useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { isProblem } from "@/api/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { peopleQuery, useAddOverride } from "./queries";
import type { Schedule } from "./types";

const HOUR = 3_600_000;
const local = (at: number) =>
  new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

export function OverrideDialog({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const add = useAddOverride(schedule.id);
  const { data: members } = useQuery(peopleQuery);
  const problem = isProblem(add.error) ? add.error : null;
  const now = Math.ceil(Date.now() / HOUR) * HOUR;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const instant = (name: string) => new Date(String(form.get(name))).toISOString();
    add.mutate(
      {
        user_id: String(form.get("person")),
        starts_at: instant("starts_at"),
        ends_at: instant("ends_at"),
        reason: String(form.get("reason")).trim() || null,
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog isOpen onClose={onClose} title="Swap a shift" note={schedule.name}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <SelectField label="Who is called instead" name="person" error={problem?.for("user_id")}>
            {(members?.items ?? []).map((member) => (
              <option key={member.id} value={member.id}>
                {member.name}
              </option>
            ))}
          </SelectField>
          <div className="grid grid-cols-2 gap-3 phone:grid-cols-1">
            <TextField
              label="From"
              name="starts_at"
              type="datetime-local"
              required
              defaultValue={local(now)}
            />
            <TextField
              label="To"
              name="ends_at"
              type="datetime-local"
              required
              defaultValue={local(now + 24 * HOUR)}
            />
          </div>
          <TextField label="Why" name="reason" maxLength={200} autoComplete="off" placeholder="Holidays" />
          <ProblemNote error={add.error} shownFields={["user_id"]} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={add.isPending}>
            Swap shift
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
