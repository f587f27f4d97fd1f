/** Words and marks of alerting: a severity has a shape and a word, never only a colour. */
import { AlertTriangle, Info, OctagonAlert } from "lucide-react";
import { Chip, type ChipTone } from "@/ui/chip";
import type { AlertRule, AlertSeverity, ChannelKind, DeliveryState } from "./types";

export const SEVERITY_WORD: Record<AlertSeverity, string> = {
  critical: "Critical",
  warning: "Warning",
  info: "Info",
};
const SEVERITY_TONE: Record<AlertSeverity, ChipTone> = { critical: "danger", warning: "warn", info: "plain" };
const SEVERITY_ICON = { critical: OctagonAlert, warning: AlertTriangle, info: Info };

export function SeverityChip({ severity }: { severity: AlertSeverity }) {
  const Icon = SEVERITY_ICON[severity];
  return (
    <Chip tone={SEVERITY_TONE[severity]}>
      <Icon size={12} aria-hidden="true" />
      {SEVERITY_WORD[severity]}
    </Chip>
  );
}

export const KIND_WORD: Record<ChannelKind, string> = {
  slack: "Slack",
  teams: "Microsoft Teams",
  email: "E-mail",
  webhook: "Webhook",
  pagerduty: "PagerDuty",
  opsgenie: "Opsgenie",
};

export const DELIVERY_WORD: Record<DeliveryState, string> = {
  waiting: "Waiting",
  delivered: "Delivered",
  dead: "Given up",
  dropped: "Not needed any more",
};
export const DELIVERY_TONE: Record<DeliveryState, ChipTone> = {
  waiting: "warn",
  delivered: "success",
  dead: "danger",
  dropped: "plain",
};

/** 0.05 → "5 %", 300 → "300 s". */
export function formatThreshold(value: number, unit: AlertRule["unit"]): string {
  if (unit === "share") return `${Number((value * 100).toFixed(2))} %`;
  if (unit === "seconds") return `${value} s`;
  if (unit === "hours") return `${value} h`;
  return `${value}`;
}
