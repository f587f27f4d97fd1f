/** What can be done with the selected rows, floating over the list. */
import { Ban, Check, CircleDot, HandHeart, Tag, UserPlus, X } from "lucide-react";
import { formatNumber } from "@/lib/format";
import { Button, IconButton } from "@/ui/button";
import { Kbd } from "@/ui/kbd";
import type { Intent } from "./triage-dialog";

type BulkBarProps = {
  count: number;
  total: number;
  isEverything: boolean;
  canSelectAll: boolean;
  onSelectAll: () => void;
  onClear: () => void;
  onIntent: (intent: Intent | "confirm") => void;
};

const ACTIONS = [
  { intent: "confirm", label: "Confirm", key: "C", icon: Check },
  { intent: "state", label: "State", key: "S", icon: CircleDot },
  { intent: "assign", label: "Assign", key: "A", icon: UserPlus },
  { intent: "tag", label: "Tag", key: "T", icon: Tag },
  { intent: "dismiss", label: "Dismiss", key: "D", icon: Ban },
  { intent: "accept", label: "Accept risk", key: "R", icon: HandHeart },
] as const;

export default function BulkBar({
  count,
  total,
  isEverything,
  canSelectAll,
  onSelectAll,
  onClear,
  onIntent,
}: BulkBarProps) {
  return (
    <section
      aria-label="Selected findings"
      data-float // notices stay above it
      className="no-print absolute inset-x-3 bottom-4 z-(--z-float) mx-auto flex w-fit animate-appear flex-wrap items-center gap-1 rounded-lg border border-strong bg-raised p-1.5 pl-3 whitespace-nowrap shadow-float phone:bottom-2"
    >
      <span className="num mr-1 font-medium text-strong">
        {isEverything ? `All ${formatNumber(total)} matching` : `${formatNumber(count)} selected`}
      </span>
      {canSelectAll && !isEverything && (
        <Button size="sm" look="quiet" className="text-link!" onClick={onSelectAll}>
          Select all {formatNumber(total)}
        </Button>
      )}
      {ACTIONS.map(({ intent, label, key, icon: Icon }) => (
        <Button
          key={intent}
          size="sm"
          look="quiet"
          className="text-strong! @max-[760px]:[&>svg]:hidden @max-[760px]:px-1.5"
          title={`${label} (${key.toLowerCase()})`}
          onClick={() => onIntent(intent)}
        >
          <Icon size={15} strokeWidth={1.75} />
          {label}
          <Kbd className="ml-0.5 @max-[900px]:hidden">{key}</Kbd>
        </Button>
      ))}
      <IconButton size="sm" label="Clear the selection" onClick={onClear}>
        <X size={15} />
      </IconButton>
    </section>
  );
}
