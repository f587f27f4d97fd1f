/** What a change must know before it is made: a reason, a person, a state. */
import type { FindingChange, Triage } from "@/api/types";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog, DialogFoot } from "@/ui/dialog";
import { DuplicateDialog, SeverityDialog } from "./override-dialogs";
import { AssignDialog, StateDialog } from "./pick-dialogs";
import { ReasonDialog } from "./reason-dialog";
import { TagDialog } from "./tag-dialog";
import { countOf, type Target } from "./use-triage";

export type Intent =
  | "dismiss"
  | "accept"
  | "state"
  | "assign"
  | "tag"
  | "severity"
  | "duplicate"
  | "confirm-all";
type Apply = (change: FindingChange, assigneeName?: string | null) => void;
type TriageDialogProps = {
  intent: Intent;
  target: Target;
  onApply: Apply;
  onIntent: (intent: Intent) => void;
  onClose: () => void;
};

const REASONS = {
  dismiss: [
    "The code cannot be reached",
    "Test or example code",
    "The scanner matched the wrong thing",
    "Handled at another place",
  ],
  accept: [
    "Another control covers it",
    "A fix is planned",
    "The effort outweighs the risk",
    "The asset will be retired",
  ],
};

function sharedTriage(target: Target): Triage | undefined {
  if (!("findings" in target)) return undefined;
  const [first, ...others] = target.findings;
  return others.every(({ triage }) => triage === first?.triage) ? first?.triage : undefined;
}

export default function TriageDialog(props: TriageDialogProps) {
  const { intent, target, onApply, onIntent, onClose } = props;
  const many = plural(countOf(target), "finding");
  const warning =
    "matching" in target
      ? "This changes everything that the filter finds now, in one job. Under Changes it can be undone as a whole."
      : undefined;
  const apply: Apply = (change, name) => {
    onClose();
    onApply(change, name);
  };
  switch (intent) {
    case "dismiss":
      return (
        <ReasonDialog
          title={`Dismiss ${many} as false positive`}
          label="Why is this not a problem?"
          button={`Dismiss ${many}`}
          presets={REASONS.dismiss}
          warning={warning}
          onClose={onClose}
          onReason={(reason) => apply({ triage: "false_positive", reason })}
        />
      );
    case "accept":
      return (
        <ReasonDialog
          title={`Accept the risk of ${many}`}
          label="Why can this stay as it is?"
          button={`Accept ${many}`}
          presets={REASONS.accept}
          warning={warning}
          onClose={onClose}
          onReason={(reason) => apply({ triage: "risk_accepted", reason })}
        />
      );
    case "state":
      return (
        <StateDialog
          many={many}
          now={sharedTriage(target)}
          warning={warning}
          onClose={onClose}
          onPick={(triage) =>
            triage === "false_positive"
              ? onIntent("dismiss")
              : triage === "risk_accepted"
                ? onIntent("accept")
                : triage === "duplicate"
                  ? onIntent("duplicate")
                  : apply({ triage })
          }
        />
      );
    case "assign":
      return (
        <AssignDialog
          many={many}
          warning={warning}
          onClose={onClose}
          onPick={(id, name) => apply({ assignee: id }, name)}
        />
      );
    case "tag":
      return (
        <TagDialog
          many={many}
          warning={warning}
          findings={"findings" in target ? target.findings : []}
          onClose={onClose}
          onTags={apply}
        />
      );
    case "severity":
      return (
        <SeverityDialog
          many={many}
          onClose={onClose}
          onPick={(severity, severity_reason) => apply({ severity, severity_reason })}
        />
      );
    case "duplicate":
      return (
        <DuplicateDialog
          many={many}
          onClose={onClose}
          onPick={(duplicate_of) => apply({ triage: "duplicate", duplicate_of })}
        />
      );
    case "confirm-all":
      return (
        <Dialog isOpen onClose={onClose} title={`Confirm ${many}`} note={warning}>
          <DialogFoot>
            <Button onClick={onClose}>Cancel</Button>
            <Button look="filled" onClick={() => apply({ triage: "confirmed" })}>
              Confirm {many}
            </Button>
          </DialogFoot>
        </Dialog>
      );
  }
}
