/** What people say of one row: that it is waived for a reason and a time, and who sees to it by when. */
import { type FormEvent, useState } from "react";
import type { ReadinessCheck } from "@/api/types";
import { Button } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { TextArea, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { useRow } from "./queries";

type RowDialogProps = { check: ReadinessCheck; onClose: () => void };

const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString().slice(0, 10);
const text = (form: FormData, name: string) => String(form.get(name) ?? "").trim();

export function WaiveDialog({ check, onClose }: RowDialogProps) {
  const { waive } = useRow(check.id, onClose);
  const [isMissing, setMissing] = useState(false);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const waiver = { reason: text(form, "reason"), owner: text(form, "owner"), until: text(form, "until") };
    if (waiver.reason.length < 3 || waiver.owner === "" || waiver.until === "") setMissing(true);
    else waive.mutate(waiver);
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Waive ${check.id}`}
      note="It answers WAIVED until that day, and says what it would answer without."
    >
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <TextArea name="reason" label="Reason" autoFocus maxLength={1000} />
          <TextField
            name="owner"
            label="Who answers for that"
            defaultValue={check.owner ?? ""}
            maxLength={200}
          />
          <TextField
            name="until"
            type="date"
            label="Until"
            defaultValue={inDays(30)}
            min={inDays(0)}
            max={inDays(365)}
            error={isMissing ? "A waiver has a reason, an owner and an end." : undefined}
          />
          <ProblemNote error={waive.error} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={waive.isPending}>
            Waive {check.id}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

export function WithdrawDialog({ check, onClose }: RowDialogProps) {
  const { withdraw } = useRow(check.id, onClose);
  return (
    <Confirm
      title={`Hold ${check.id} again?`}
      action="End the waiver"
      isBusy={withdraw.isPending}
      error={withdraw.error}
      onConfirm={() => withdraw.mutate()}
      onClose={onClose}
    >
      <p>
        {check.waiver?.owner} waived it: “{check.waiver?.reason}” From now on it answers as it is.
      </p>
    </Confirm>
  );
}

export function AssignDialog({ check, onClose }: RowDialogProps) {
  const { assign } = useRow(check.id, onClose);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    assign.mutate({ owner: text(form, "owner") || null, due_on: text(form, "due_on") || null });
  };
  return (
    <Dialog isOpen onClose={onClose} title={`Who sees to ${check.id}`} note={check.title}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <TextField name="owner" label="Owner" autoFocus defaultValue={check.owner ?? ""} maxLength={200} />
          <TextField name="due_on" type="date" label="Due" defaultValue={check.due_on ?? ""} />
          <ProblemNote error={assign.error} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" isBusy={assign.isPending}>
            Save
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
