/** How many a list holds, as its page's head writes it; said aloud when another list stands there. */
import { useEffect } from "react";
import { formatTotal } from "@/lib/format";
import { announce } from "@/ui/live-region";

type Counted = { total: number; total_is_exact: boolean };

export function useAnnouncedTotal(
  list: Counted | undefined,
  isOfBefore: boolean,
  one: string,
  many = `${one}s`,
): string | undefined {
  const total = list && formatTotal(list.total, list.total_is_exact);
  const said = total && `${total} ${list.total === 1 ? one : many}`;
  useEffect(() => {
    if (said !== undefined && !isOfBefore) announce(said);
  }, [said, isOfBefore]);
  return total;
}
