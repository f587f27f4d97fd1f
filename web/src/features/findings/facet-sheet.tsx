/** The same facets where there is no room for a column. What is chosen in it is one step: Back takes all of it back. */
import { useCallback, useRef } from "react";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { FacetColumn, type FacetColumnProps } from "./facet-column";

type FacetSheetProps = Omit<FacetColumnProps, "onChange"> & {
  onChange: (query: string, isStep: boolean) => void;
  onClose: () => void;
  total: number;
};

export default function FacetSheet({ onClose, query, asOf, onChange, total }: FacetSheetProps) {
  const isBegun = useRef(false);
  const choose = useCallback(
    (next: string) => {
      onChange(next, isBegun.current);
      isBegun.current = true;
    },
    [onChange],
  );
  return (
    <Dialog isOpen onClose={onClose} title="Facets" look="sheet">
      <div className="min-h-0 flex-1 overflow-y-auto">
        <FacetColumn query={query} asOf={asOf} onChange={choose} />
      </div>
      <div className="border-t border-default p-3">
        <Button look="filled" className="w-full" onClick={onClose}>
          Show {plural(total, "finding")}
        </Button>
      </div>
    </Dialog>
  );
}
