/** Asks before something cannot be undone: what will happen, and, for the heaviest, the name typed out. */
import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { ProblemNote } from "@/ui/problem-note";

type ConfirmProps = {
  title: string;
  /** The button: a verb with its object. */
  action: string;
  children: ReactNode;
  /** What must be typed before the button works. */
  typedName?: string;
  /** False while it is not known yet what would happen, or when nothing would. */
  isReady?: boolean;
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
};

export function Confirm({
  title,
  action,
  children,
  typedName,
  isReady: isKnown = true,
  isBusy,
  error,
  onConfirm,
  onClose,
}: ConfirmProps) {
  const [typed, setTyped] = useState("");
  const isReady = isKnown && (typedName === undefined || typed.trim() === typedName);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) onConfirm();
  };
  return (
    <Dialog isOpen onClose={onClose} title={title}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <div className="grid gap-2 leading-normal">{children}</div>
          {typedName !== undefined && (
            <TextField
              label={`Type ${typedName} to confirm`}
              autoFocus
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              className="font-mono"
            />
          )}
          <ProblemNote error={error} />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose} autoFocus={typedName === undefined}>
            Cancel
          </Button>
          <Button type="submit" look="danger" disabled={!isReady} isBusy={isBusy}>
            {action}
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
