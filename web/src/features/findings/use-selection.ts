/** Which rows are selected: some by hand, or everything that the filter finds. */
import { useState } from "react";
import type { Finding } from "@/api/types";

export type Selection = {
  selected: ReadonlyMap<string, Finding>;
  ids: ReadonlySet<string>;
  isEverything: boolean;
  /** The row that was touched last; -1: none. */
  anchor: number;
  toggle: (index: number, finding: Finding) => void;
  /** From the last touched row to this one, as far as the rows are loaded. */
  extend: (index: number, at: (index: number) => Finding | undefined) => void;
  selectEverything: () => void;
  clear: () => void;
};

type State = { key: string; chosen: ReadonlyMap<string, Finding>; anchor: number; isEverything: boolean };

/** Another filter is another list: a selection never outlives the rows it was made on. */
export function useSelection(key: string): Selection {
  const empty: State = { key, chosen: new Map(), anchor: -1, isEverything: false };
  const [kept, setKept] = useState(empty);
  const state = kept.key === key ? kept : empty;
  const choose = (chosen: ReadonlyMap<string, Finding>, anchor: number) =>
    setKept({ key, chosen, anchor, isEverything: false });
  return {
    selected: state.chosen,
    ids: new Set(state.chosen.keys()),
    isEverything: state.isEverything,
    anchor: state.anchor,
    toggle: (index, finding) => {
      const next = new Map(state.chosen);
      if (!next.delete(finding.id)) next.set(finding.id, finding);
      choose(next, index);
    },
    extend: (index, at) =>
      setKept((now) => {
        // What lies between may have had to be fetched: rows touched meanwhile stay as they are.
        const { chosen, anchor } = now.key === key ? now : empty;
        const next = new Map(chosen);
        const from = anchor < 0 ? index : anchor;
        for (let row = Math.min(from, index); row <= Math.max(from, index); row += 1) {
          const finding = at(row);
          if (finding) next.set(finding.id, finding);
        }
        return { key, chosen: next, anchor: from, isEverything: false };
      }),
    selectEverything: () => setKept({ ...state, isEverything: true }),
    clear: () => setKept(empty),
  };
}
