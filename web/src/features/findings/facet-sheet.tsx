/** The same facets where there is no room for a column. */
import { formatNumber } from "@/lib/format";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { FacetColumn, type FacetColumnProps } from "./facet-column";

type FacetSheetProps = FacetColumnProps & { onClose: () => void; total: number };

export default function FacetSheet({ onClose, query, asOf, onChange, total }: FacetSheetProps) {
  return (
    <Dialog isOpen onClose={onClose} title="Facets" look="sheet">
      <div className="min-h-0 flex-1 overflow-y-auto">
        <FacetColumn query={query} asOf={asOf} onChange={onChange} />
      </div>
      <div className="border-t border-default p-3">
        <Button look="filled" className="w-full" onClick={onClose}>
          Show {formatNumber(total)} {total === 1 ? "finding" : "findings"}
        </Button>
      </div>
    </Dialog>
  );
}
