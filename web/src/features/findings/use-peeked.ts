/** The finding beside the list: a row of it, or opened by its link, or scrolled away since. Its keys work all the same. */
import { useQuery } from "@tanstack/react-query";
import type { Finding } from "@/api/types";
import { findingQuery } from "./queries";
import type { FindingList } from "./use-finding-list";

type Peeked = { peekRow: Finding | undefined; peeked: Finding | undefined };

export function usePeeked(id: string | undefined, rows: FindingList): Peeked {
  const peekRow = rows.loaded.find((finding) => finding.id === id);
  const { data } = useQuery({
    ...findingQuery(id ?? ""),
    enabled: id !== undefined && peekRow === undefined && !rows.isLoading,
  });
  return { peekRow, peeked: peekRow ?? data };
}
