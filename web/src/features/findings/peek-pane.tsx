/** Where the peek stands: a column beside the list, or a sheet over it where there is no room. */
import type { ReactNode } from "react";
import { PEEK, useMedia } from "@/lib/media";
import { Dialog } from "@/ui/dialog";
import { PeekPlaceholder } from "./peek";

type PeekPaneProps = { id: string | undefined; onClose: () => void; children: ReactNode };

export function PeekPane({ id, onClose, children }: PeekPaneProps) {
  const hasColumn = useMedia(PEEK);
  if (hasColumn)
    return (
      <aside
        aria-label={id === undefined ? "Finding" : `Finding ${id}`}
        className="flex min-h-0 flex-col border-l border-default"
      >
        {id === undefined ? <PeekPlaceholder /> : children}
      </aside>
    );
  if (id === undefined) return null;
  return (
    <Dialog isOpen onClose={onClose} title={`Finding ${id}`} isTitleHidden look="sheet" doKeysPass>
      {children}
    </Dialog>
  );
}
