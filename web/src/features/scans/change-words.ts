/** How each kind of change is called and looks. */
import type { ChangeKind } from "@/api/types";
import type { ChipTone } from "@/ui/chip";

export const CHANGE_WORD: Record<ChangeKind, { label: string; tone: ChipTone }> = {
  new: { label: "New", tone: "danger" },
  reopened: { label: "Reopened", tone: "reopened" },
  changed: { label: "Changed", tone: "plain" },
  moved: { label: "Moved", tone: "plain" },
  closed: { label: "Closed", tone: "fixed" },
  suppressed: { label: "Suppressed", tone: "dismissed" },
  decided: { label: "Decided", tone: "dismissed" },
  unchanged: { label: "Unchanged", tone: "plain" },
};
