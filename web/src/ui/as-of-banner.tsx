/** Says that the list is one of the past, of which day, and the way back. */
import { Download, History } from "lucide-react";
import { exportOf } from "@/lib/export-link";
import { today } from "@/lib/format";
import { Button, buttonStyle } from "@/ui/button";

type AsOfBannerProps = { asOf: string; query: string; onAsOf: (asOf?: string) => void };

export default function AsOfBanner({ asOf, query, onAsOf }: AsOfBannerProps) {
  return (
    <div
      role="status"
      className="flex flex-none flex-wrap items-center gap-x-3 gap-y-2 border-b border-accent bg-selected px-4 py-2 text-sm"
    >
      <History size={16} strokeWidth={1.75} aria-hidden="true" className="text-accent phone:hidden" />
      <label className="flex items-center gap-2 font-medium text-strong">
        As it was at the end of
        <input
          type="date"
          value={asOf.slice(0, 10)}
          max={today()}
          onChange={(event) => event.target.value && onAsOf(event.target.value)}
          className="h-7 rounded-sm border border-control bg-panel px-2 text-default coarse:h-11"
        />
      </label>
      <span className="ml-auto flex gap-2 phone:ml-0">
        <a href={exportOf(query, asOf)} download className={buttonStyle({ size: "sm" })}>
          <Download size={14} strokeWidth={1.75} aria-hidden="true" />
          CSV
        </a>
        <Button size="sm" onClick={() => onAsOf(undefined)}>
          Back to now
        </Button>
      </span>
      <span className="basis-full text-xs text-muted">
        State of then, in today’s order. Nothing can be changed here; an opened finding shows today.
      </span>
    </div>
  );
}
