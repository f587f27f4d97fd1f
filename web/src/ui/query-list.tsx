/** A list that is asked for: broken, loading and empty as everywhere, else its rows and, where it has pages, the way between them. */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { List } from "@/api/types";
import { Pager } from "@/ui/pager";
import { ErrorState, SkeletonRows } from "@/ui/state";

/** Short lists come whole, without a total. */
type Listed<Item> = Pick<List<Item>, "items"> & Partial<Pick<List<Item>, "total" | "total_is_exact">>;

type Props<Item> = {
  query: UseQueryResult<Listed<Item>>;
  /** What is listed, as one would say "the alerts could not be loaded". */
  things: string;
  skeleton: { count: number; height: string };
  empty: ReactNode;
  /** What stands in the rows is still asked for: it would push the rows below it down. */
  isFilling?: boolean;
  pages?: { page: number; onPage: (page: number) => void };
  children: (items: Item[]) => ReactNode;
};

export function QueryList<Item>({ query, things, skeleton, empty, isFilling, pages, children }: Props<Item>) {
  const { data, error, isPending, refetch } = query;
  if (error)
    return (
      <ErrorState error={error} title={`The ${things} could not be loaded`} onRetry={() => void refetch()} />
    );
  if (isPending || isFilling) return <SkeletonRows count={skeleton.count} height={skeleton.height} />;
  return (
    <>
      {data.items.length === 0 ? empty : children(data.items)}
      {pages && (
        <Pager
          label={things}
          page={pages.page}
          shown={data.items.length}
          total={data.total ?? data.items.length}
          isExact={data.total_is_exact ?? true}
          onChange={pages.onPage}
        />
      )}
    </>
  );
}
