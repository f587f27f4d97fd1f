/** Something that is shown exactly once: to copy now, and a second question before it is gone uncopied. */
import { Check, Copy } from "lucide-react";
import { type ReactNode, useState } from "react";
import { copyText } from "@/lib/clipboard";
import { Button } from "@/ui/button";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { announce } from "@/ui/live-region";

type SecretOnceProps = {
  title: string;
  label: string;
  secret: string;
  note: ReactNode;
  /** The button: what is copied. */
  action: string;
  children?: ReactNode;
  onClose: () => void;
};

export function SecretOnce({ title, label, secret, note, action, children, onClose }: SecretOnceProps) {
  const [isCopied, setCopied] = useState(false);
  const [isWarned, setWarned] = useState(false);
  const copy = async () => {
    const isDone = await copyText(secret);
    setCopied(isDone);
    setWarned(false);
    announce(isDone ? "Copied" : "The browser does not let this page copy");
  };
  const close = () => (isCopied || isWarned ? onClose() : setWarned(true));
  return (
    <Dialog isOpen onClose={close} title={title} note={note}>
      <DialogBody>
        <div className="grid gap-1">
          <span className="font-medium text-strong">{label}</span>
          <output
            aria-label={label}
            className="block rounded-md border border-control bg-sunken px-3 py-2 font-mono text-xs leading-normal break-all text-strong select-all"
          >
            {secret}
          </output>
        </div>
        {children}
        {isWarned && (
          <p role="alert" className="rounded-md border border-warn bg-warn-soft px-3 py-2 text-strong">
            It was not copied and cannot be shown again. Close once more to leave it.
          </p>
        )}
      </DialogBody>
      <DialogFoot>
        <Button onClick={close}>Close</Button>
        <Button look="filled" autoFocus onClick={() => void copy()}>
          {isCopied ? <Check size={15} aria-hidden="true" /> : <Copy size={15} aria-hidden="true" />}
          {isCopied ? "Copied" : action}
        </Button>
      </DialogFoot>
    </Dialog>
  );
}
