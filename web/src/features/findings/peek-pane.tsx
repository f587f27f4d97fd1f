/** Where the peek stands: a column beside the list, or a sheet over it where there is no room. Its code comes once the
    list stands. */
import { lazy, Suspense, useEffect } from "react";
import { PEEK, useMedia } from "@/lib/media";
import type { PeekProps } from "./peek";
import { PeekPlaceholder, PeekSkeleton } from "./peek-placeholder";

const fetchPeek = () => import("./peek");
const Peek = lazy(fetchPeek);
const PeekSheet = lazy(() => import("./peek-sheet"));

type PeekPaneProps = Omit<PeekProps, "id"> & { id: string | undefined };

export function PeekPane({ id, ...peek }: PeekPaneProps) {
  const hasColumn = useMedia(PEEK);
  useEffect(() => void fetchPeek().catch(() => undefined), []);
  const opened = id !== undefined && (
    <Suspense
      fallback={
        <div className="px-4 pt-[50px]">
          <PeekSkeleton isWhole />
        </div>
      }
    >
      <Peek key={id} id={id} {...peek} />
    </Suspense>
  );
  if (hasColumn)
    return (
      <aside
        aria-label={id === undefined ? "Finding" : `Finding ${id}`}
        className="flex min-h-0 flex-col border-l border-default"
      >
        {opened || <PeekPlaceholder />}
      </aside>
    );
  if (id === undefined) return null;
  return (
    <Suspense>
      <PeekSheet id={id} onClose={peek.onClose}>
        {opened}
      </PeekSheet>
    </Suspense>
  );
}
