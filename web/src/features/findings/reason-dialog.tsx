/** A reason, asked for before a finding is put aside. */
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { MOD } from "@/lib/keyboard";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { TextArea } from "@/ui/field";
import { Kbd } from "@/ui/kbd";

type ReasonProps = {
  title: string;
  label: string;
  button: string;
  presets: string[];
  warning?: string;
  onClose: () => void;
  onReason: (reason: string) => void;
};

export function ReasonDialog({ title, label, button, presets, warning, onClose, onReason }: ReasonProps) {
  const [reason, setReason] = useState("");
  const [isMissing, setMissing] = useState(false);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (reason.trim() === "") setMissing(true);
    else onReason(reason.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) submit();
  };
  return (
    <Dialog isOpen onClose={onClose} title={title} note={warning}>
      <form onSubmit={submit}>
        <DialogBody>
          <TextArea
            label={label}
            autoFocus
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            onKeyDown={onKeyDown}
            error={
              isMissing && reason.trim() === ""
                ? "Say why in a few words: whoever looks next will ask."
                : undefined
            }
          />
          <div className="flex flex-wrap gap-1.5">
            {presets.map((preset) => (
              <Button key={preset} size="sm" onClick={() => setReason(preset)}>
                {preset}
              </Button>
            ))}
          </div>
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="filled">
            {button}
            <Kbd isInverse>{`${MOD}↵`}</Kbd>
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
