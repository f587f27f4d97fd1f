/** Changing what a channel hears of. Where it leads is changed by making another one. */
import type { FormEvent } from "react";
import { isProblem } from "@/api/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { HearsOf } from "./hears-of";
import { useChangeChannel } from "./queries";
import { QuietHoursFields, quietHoursOf } from "./quiet-hours-fields";
import type { AlertSeverity, Channel } from "./types";

export function ChannelChangeDialog({ channel, onClose }: { channel: Channel; onClose: () => void }) {
  const change = useChangeChannel();
  const problem = isProblem(change.error) ? change.error : null;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    change.mutate(
      {
        id: channel.id,
        name: String(form.get("name")).trim(),
        least_severity: String(form.get("least_severity")) as AlertSeverity,
        rules: form.getAll("rule").map(String),
        quiet_hours: quietHoursOf(form, channel.quiet_hours),
      },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog isOpen onClose={onClose} title={`Change ${channel.name}`}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <TextField
            label="Name"
            name="name"
            required
            autoFocus
            maxLength={100}
            autoComplete="off"
            defaultValue={channel.name}
            error={problem?.for("name")}
          />
          <HearsOf severity={channel.least_severity} rules={channel.rules} error={problem?.for("rules")} />
          <QuietHoursFields now={channel.quiet_hours} />
          <ProblemNote error={change.error} shownFields={["name", "rules"]} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={change.isPending}>
            Save channel
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
