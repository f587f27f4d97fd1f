/** Quiet labels: triage, presence, known exploited, and plain ones. Only "Reopened" is warm. */
import { cva, cx } from "class-variance-authority";
import type { ReactNode } from "react";
import type { Presence, Triage } from "@/api/types";
import { TRIAGE_WORD } from "@/lib/words";

const chip = cva("inline-flex items-center gap-1 rounded-sm px-1.5 font-medium whitespace-nowrap", {
  variants: {
    tone: {
      plain: "bg-hover text-default",
      open: "bg-(--state-open-bg) text-(--state-open-fg)",
      confirmed: "bg-(--state-confirmed-bg) text-(--state-confirmed-fg)",
      accepted: "bg-(--state-accepted-bg) text-(--state-accepted-fg)",
      dismissed: "bg-(--state-dismissed-bg) text-(--state-dismissed-fg)",
      fixed: "bg-(--state-fixed-bg) text-(--state-fixed-fg)",
      reopened: "bg-(--state-reopened-bg) text-(--state-reopened-fg)",
      warn: "bg-warn-soft text-warn",
      danger: "bg-danger-soft text-danger",
      success: "bg-success-soft text-success",
      critical: "bg-critical-soft text-critical border border-critical",
    },
    size: { sm: "h-[18px] text-2xs", md: "h-5 text-xs" },
  },
  defaultVariants: { tone: "plain", size: "md" },
});

export type ChipTone = NonNullable<Parameters<typeof chip>[0]>["tone"];

export function Chip({
  tone,
  size,
  className,
  title,
  children,
}: {
  tone?: ChipTone;
  size?: "sm" | "md";
  className?: string;
  title?: string;
  children: ReactNode;
}) {
  return (
    <span title={title} className={chip({ tone, size, className })}>
      {children}
    </span>
  );
}

const TRIAGE_TONE: Record<Triage, ChipTone> = {
  open: "open",
  in_triage: "open",
  confirmed: "confirmed",
  false_positive: "dismissed",
  risk_accepted: "accepted",
  duplicate: "dismissed",
};

export function TriageChip({ triage, isReopened = false }: { triage: Triage; isReopened?: boolean }) {
  if (isReopened && triage === "open") return <Chip tone="reopened">Reopened</Chip>;
  return <Chip tone={TRIAGE_TONE[triage]}>{TRIAGE_WORD[triage]}</Chip>;
}

export function PresenceChip({ presence }: { presence: Presence }) {
  return presence === "active" ? null : (
    <Chip tone="fixed" title="No scan sees it any more">
      Not seen
    </Chip>
  );
}

export function ExploitedChip({ className }: { className?: string }) {
  return (
    <Chip tone="critical" size="sm" className={cx("font-mono", className)} title="Known to be exploited">
      KEV
    </Chip>
  );
}
