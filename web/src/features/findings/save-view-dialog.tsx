/** Keeps the present filter and order under a name. */
import { type FormEvent, useState } from "react";
import { ApiProblem } from "@/api/problem";
import { useMay } from "@/api/session";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { Checkbox, TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";
import { showToast } from "@/ui/toast";
import { useSaveView } from "./view-queries";

const MAX_CHARS = 80;

export default function SaveViewDialog({
  query,
  sort,
  onClose,
}: {
  query: string;
  sort: string;
  onClose: () => void;
}) {
  const mayShare = useMay("findings:write");
  const [name, setName] = useState("");
  const [isShared, setShared] = useState(false);
  const save = useSaveView(() => {
    showToast({ text: `Saved as ${name.trim()}` });
    onClose();
  });
  const wrong = save.error instanceof ApiProblem ? save.error.for("name") : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) save.mutate({ name: name.trim(), q: query, sort, is_shared: isShared });
  };
  return (
    <Dialog isOpen onClose={onClose} title="Save as a view">
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <p className="text-muted">
            Keeps the filter{" "}
            <code className="font-mono text-code text-strong [overflow-wrap:anywhere]">
              {query || "all findings"}
            </code>{" "}
            and its order.
          </p>
          <TextField
            label="Name"
            autoFocus
            autoComplete="off"
            maxLength={MAX_CHARS}
            placeholder="Late in payments"
            value={name}
            error={wrong}
            onChange={(event) => setName(event.target.value)}
          />
          {mayShare && (
            <label className="flex items-center gap-2 coarse:min-h-11">
              <Checkbox checked={isShared} onChange={(event) => setShared(event.target.checked)} />
              Everybody in the organization sees it
            </label>
          )}
          <ProblemNote error={wrong === undefined ? save.error : null} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" disabled={!name.trim()} isBusy={save.isPending}>
            Save view
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
