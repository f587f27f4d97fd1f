/** From the row that was touched last to this one: what lies between is fetched first, so that no row is left out unseen. */
import { useState } from "react";
import { announce } from "@/ui/live-region";
import type { FindingList } from "./use-finding-list";
import type { Selection } from "./use-selection";

type Failure = { error: unknown; retry: () => void };

export function useRange(rows: FindingList, selection: Selection) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const extendTo = async (index: number) => {
    setFailure(null);
    const from = selection.anchor < 0 ? index : selection.anchor;
    const [first, last] = [Math.min(from, index), Math.max(from, index)];
    try {
      selection.extend(index, await rows.load(first, last));
      announce("Selected");
    } catch (error) {
      setFailure({ error, retry: () => void extendTo(index) });
    }
  };
  return { extendTo, failure };
}
