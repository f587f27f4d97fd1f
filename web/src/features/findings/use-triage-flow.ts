/** From a key, a button or the peek to a change: which rows are meant, what has to be asked first, and when it is sent. */
import { useState } from "react";
import type { Finding, FindingChange } from "@/api/types";
import type { Intent } from "./triage-dialog";
import type { FindingList } from "./use-finding-list";
import type { Selection } from "./use-selection";
import { type Target, useTriage } from "./use-triage";

type TriageFlow = {
  q: string;
  rows: FindingList;
  selection: Selection;
  /** The row that is meant when none is selected. */
  current: Finding | undefined;
  onApplied: () => void;
};

export function useTriageFlow({ q, rows, selection, current, onApplied }: TriageFlow) {
  const triage = useTriage();
  const [asked, setAsked] = useState<{ intent: Intent; target: Target } | null>(null);

  const meant = (): Target | null => {
    if (selection.isEverything) return { matching: q, total: rows.total };
    // Rows that were scrolled away are not loaded any more, but selected all the same.
    if (selection.selected.size > 0)
      return {
        findings: [...selection.selected.values()].map(
          (chosen) => rows.loaded.find((finding) => finding.id === chosen.id) ?? chosen,
        ),
      };
    return current ? { findings: [current] } : null;
  };
  const isSelection = (to: Target) =>
    "matching" in to ||
    (to.findings.length === selection.ids.size && to.findings.every(({ id }) => selection.ids.has(id)));
  const apply = (to: Target, change: FindingChange, name?: string | null) => {
    void triage.apply(to, change, name ?? null);
    if (!isSelection(to)) return; // the open finding alone, while others are being selected
    selection.clear();
    onApplied();
  };
  const ask = (intent: Intent, to: Target | null = meant()) => {
    if (to) setAsked({ intent, target: to });
  };
  const confirm = () => {
    const to = meant();
    if (to === null) return;
    if ("matching" in to) ask("confirm-all", to);
    else apply(to, { triage: "confirmed" });
  };
  return {
    ...triage,
    apply,
    ask,
    confirm,
    asked,
    askInstead: (intent: Intent) => asked && setAsked({ ...asked, intent }),
    applyAsked: (change: FindingChange, name?: string | null) => asked && apply(asked.target, change, name),
    stopAsking: () => setAsked(null),
  };
}
