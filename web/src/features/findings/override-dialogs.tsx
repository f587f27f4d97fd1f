/** Decisions that point elsewhere: another severity, another finding. */
import { type FormEvent, useState } from "react";
import type { Severity } from "@/api/types";
import { SEVERITIES, SEVERITY_WORD } from "@/lib/words";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { TextArea, TextField } from "@/ui/field";
import { SeverityLabel } from "@/ui/severity";

export function SeverityDialog({
  many,
  onClose,
  onPick,
}: {
  many: string;
  onClose: () => void;
  onPick: (severity: Severity | null, reason: string | null) => void;
}) {
  const [severity, setSeverity] = useState<Severity | null>(null);
  const [reason, setReason] = useState("");
  const isReady = severity !== null && reason.trim() !== "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onPick(severity, reason.trim());
  };
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Severity of ${many}`}
      note="What scanners say stays on record. Yours counts until it is taken back."
    >
      <form onSubmit={submit}>
        <DialogBody>
          <fieldset className="flex flex-wrap gap-1.5">
            <legend className="sr-only">Severity</legend>
            {SEVERITIES.filter((each) => each !== "unknown").map((each) => (
              <label
                key={each}
                className="inline-flex h-8 items-center rounded-md border border-strong px-2.5 has-checked:border-accent has-checked:bg-selected has-focus-visible:outline-2 has-focus-visible:outline-(--focus-ring) coarse:h-11"
              >
                <input
                  type="radio"
                  name="severity"
                  className="sr-only"
                  checked={severity === each}
                  onChange={() => setSeverity(each)}
                  aria-label={SEVERITY_WORD[each]}
                />
                <SeverityLabel severity={each} />
              </label>
            ))}
          </fieldset>
          <TextArea label="Reason" value={reason} onChange={(event) => setReason(event.target.value)} />
        </DialogBody>
        <DialogFoot>
          <Button look="quiet" onClick={() => onPick(null, null)}>
            Back to the scanner’s
          </Button>
          <Button type="submit" look="filled" disabled={!isReady}>
            Set severity
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}

export function DuplicateDialog({
  many,
  onClose,
  onPick,
}: {
  many: string;
  onClose: () => void;
  onPick: (id: string) => void;
}) {
  const [id, setId] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (id.trim() !== "") onPick(id.trim());
  };
  return (
    <Dialog isOpen onClose={onClose} title={`${many}: duplicate of`}>
      <form onSubmit={submit}>
        <DialogBody>
          <TextField
            label="The finding to keep"
            autoFocus
            className="font-mono"
            placeholder="fnd_…"
            value={id}
            onChange={(event) => setId(event.target.value)}
            hint="Its id stands at the top of its page."
          />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled" disabled={id.trim() === ""}>
            Mark as duplicate
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
