/** The finding under the cursor, beside the list: from row to decision without leaving the page. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ExternalLink, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Finding } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { useShortcuts } from "@/lib/keyboard";
import { buttonStyle, IconButton } from "@/ui/button";
import { SeverityLabel } from "@/ui/severity";
import { ErrorState } from "@/ui/state";
import { Advice, References } from "./advice";
import { describePriority } from "./describe";
import { Evidence } from "./evidence";
import { FindingHead } from "./finding-head";
import { PeekSkeleton } from "./peek-placeholder";
import { findingQuery } from "./queries";
import { Occurrences, WhyOne } from "./sections";
import { Timeline } from "./timeline";
import type { Intent } from "./triage-dialog";

export type PeekProps = {
  id: string;
  /** The row, when the list has it: shown until the rest arrives. */
  row: Finding | undefined;
  position: number | null;
  total: number;
  onClose: () => void;
  onConfirm: (finding: Finding) => void;
  onIntent: (intent: Intent, finding: Finding) => void;
};

/** Rows that a held key only passes are not asked for. */
const REST = 120;

export default function Peek({ id, row, position, total, onClose, onConfirm, onIntent }: PeekProps) {
  const [isResting, setResting] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setResting(true), REST);
    return () => clearTimeout(timer);
  }, []);
  const {
    data: finding,
    error,
    refetch,
  } = useQuery({ ...findingQuery(id), enabled: isResting || row === undefined });
  const head = finding ?? row;
  const text = useRef<HTMLDivElement>(null);
  // The arrows are the list's: the space bar reads on, as it does on any page.
  useShortcuts({
    " ": ({ shiftKey }) => {
      const { current } = text;
      if (current) current.scrollTop += Math.max(current.clientHeight - 60, 60) * (shiftKey ? -1 : 1);
    },
  });
  return (
    <>
      <div className="flex h-[38px] flex-none items-center gap-2 border-b border-default pr-2 pl-4 phone:h-(--topbar-height)">
        {head && <SeverityLabel severity={head.severity} />}
        <span className="min-w-0 truncate font-mono text-code text-muted">{id}</span>
        <span className="flex-1" />
        {position !== null && head && (
          <span className="num text-xs text-muted" title={describePriority(head)}>
            {formatNumber(position + 1)} / {formatNumber(total)}
          </span>
        )}
        <Link
          to="/findings/$id"
          params={{ id }}
          className={buttonStyle({ look: "quiet", size: "sm", square: true })}
          aria-label="Open the full page"
          title="Open the full page (o)"
        >
          <ExternalLink size={15} />
        </Link>
        <IconButton size="sm" label="Close" title="Close (Esc)" onClick={onClose}>
          <X size={16} />
        </IconButton>
      </div>
      <div ref={text} className="min-h-0 flex-1 overflow-y-auto px-4 pt-3 pb-6 scroll-quiet">
        {error && !head && (
          <ErrorState title="The finding could not be loaded" error={error} onRetry={() => void refetch()} />
        )}
        {head && (
          <FindingHead
            finding={head}
            onConfirm={() => onConfirm(head)}
            onIntent={(intent) => onIntent(intent, head)}
          />
        )}
        {finding ? (
          <>
            <Evidence finding={finding} />
            <Occurrences finding={finding} />
            <WhyOne finding={finding} />
            <Advice finding={finding} />
            <References finding={finding} />
            <Timeline finding={finding} />
          </>
        ) : (
          !error && <PeekSkeleton isWhole={!head} />
        )}
      </div>
    </>
  );
}
