/** The finding over the list, where there is no room beside it. */
import type { ReactNode } from "react";
import { Dialog } from "@/ui/dialog";

type PeekSheetProps = { id: string; onClose: () => void; children: ReactNode };

export default function PeekSheet({ id, onClose, children }: PeekSheetProps) {
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Finding ${id}`}
      isTitleHidden
      look="sheet"
      doKeysPass
      isInAddress
    >
      {children}
    </Dialog>
  );
}
