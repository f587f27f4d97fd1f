/** What stands in the column while no finding is open, and while one is on its way. */
import { Kbd } from "@/ui/kbd";
import { Skeleton } from "@/ui/state";

/** `isWhole`: no row of the list has the head of it either, as behind a link. */
export function PeekSkeleton({ isWhole = false }: { isWhole?: boolean }) {
  return (
    <div
      role="status"
      aria-label="Loading the finding"
      className={isWhole ? "grid gap-3" : "mt-4 grid gap-3"}
    >
      {isWhole && (
        <>
          <Skeleton className="h-5 w-3/5" />
          <Skeleton className="h-3.5 w-2/5" />
          <Skeleton className="h-[26px] w-full coarse:h-11" />
          <Skeleton className="mb-2 h-11 w-full phone:h-[93px]" />
        </>
      )}
      <Skeleton className="h-4 w-24" />
      <Skeleton className="h-28 w-full" />
      <Skeleton className="h-4 w-24" />
      <Skeleton className="h-20 w-full" />
    </div>
  );
}

/** The column is kept when nothing is open, so that opening moves nothing. */
export function PeekPlaceholder() {
  return (
    <div className="grid flex-1 place-content-center justify-items-center gap-3 p-6 text-center text-muted">
      <p className="max-w-[34ch] leading-normal">
        A finding opens here: what it is, where it was seen, why it is one, and what was decided.
      </p>
      <p className="flex items-center gap-1.5 text-xs">
        <Kbd>j</Kbd> <Kbd>k</Kbd> move · <Kbd>↵</Kbd> open · <Kbd>?</Kbd> all keys
      </p>
    </div>
  );
}
