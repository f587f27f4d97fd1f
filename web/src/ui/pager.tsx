/** Where one is in a long list, and the way to its next page. The page is part of the address. */
import { ChevronLeft, ChevronRight } from "lucide-react";
import { formatNumber, formatTotal } from "@/lib/format";
import { Button } from "@/ui/button";

/** The server counts offsets up to here; beyond it only a narrower filter helps. */
const LAST_OFFSET = 10_000;

export const PAGE_SIZE = 50;

/** "3" → 3; anything else is the first page. */
export function pageOf(text: string | undefined): number {
  const page = Number(text);
  return Number.isInteger(page) && page > 1 && (page - 1) * PAGE_SIZE <= LAST_OFFSET ? page : 1;
}

type PagerProps = {
  page: number;
  shown: number;
  total: number;
  isExact: boolean;
  label: string;
  onChange: (page: number) => void;
};

export function Pager({ page, shown, total, isExact, label, onChange }: PagerProps) {
  const first = (page - 1) * PAGE_SIZE + 1;
  const last = first + shown - 1;
  if (page === 1 && last >= total) return null;
  const hasNext = (last < total || !isExact) && page * PAGE_SIZE <= LAST_OFFSET;
  return (
    <nav
      aria-label={`Pages of ${label}`}
      className="flex items-center gap-2 border-t border-default px-4 py-2 text-muted"
    >
      <span className="num mr-auto">
        {formatNumber(first)}–{formatNumber(last)} of {formatTotal(total, isExact)}
      </span>
      <Button size="sm" disabled={page === 1} onClick={() => onChange(page - 1)}>
        <ChevronLeft size={14} aria-hidden="true" />
        Previous
      </Button>
      <Button size="sm" disabled={!hasNext} onClick={() => onChange(page + 1)}>
        Next
        <ChevronRight size={14} aria-hidden="true" />
      </Button>
    </nav>
  );
}
