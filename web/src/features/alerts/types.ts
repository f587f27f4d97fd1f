/** What the server says of alerts, channels and people on call. */
export type AlertSeverity = "critical" | "warning" | "info";
export type PersonRef = { id: string; name: string };

export type Alert = {
  id: string;
  rule: string;
  rule_title: string;
  severity: AlertSeverity;
  title: string;
  summary: string;
  facts: { name: string; value: string }[];
  is_test: boolean;
  state: "firing" | "resolved";
  began_at: string;
  resolved_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: PersonRef | null;
  next_call_at: string | null;
  calls_made: number;
  runbook: string | null;
  dedup_key: string;
};

export type AlertRule = {
  name: string;
  title: string;
  meaning: string;
  severity: AlertSeverity;
  unit: "share" | "seconds" | "count" | "hours";
  threshold: number;
  default_threshold: number;
  variable: string;
  is_enabled: boolean;
  runbook: string;
  seen: string | null;
  evaluated_at: string | null;
};

export type ChannelKind = "slack" | "teams" | "email" | "webhook" | "pagerduty" | "opsgenie";

export type QuietHours = {
  time_zone: string;
  begins: string;
  ends: string;
  days?: number[];
  /** What is told at any hour; null: nothing is. */
  except_severity?: AlertSeverity | null;
};

export type Channel = {
  id: string;
  name: string;
  kind: ChannelKind;
  configuration: Record<string, unknown>;
  host: string;
  is_enabled: boolean;
  disabled_reason: string | null;
  least_severity: AlertSeverity;
  rules: string[];
  quiet_hours: QuietHours | null;
  last_accepted_at: string | null;
  last_failed_at: string | null;
  last_error: string | null;
};

export type MadeChannel = Channel & { made_secret: { signing_secret?: string } | null };

export type DeliveryState = "waiting" | "delivered" | "dead" | "dropped";

export type Delivery = {
  id: string;
  recipient: string;
  kind: string;
  event: string;
  headline: string;
  severity: AlertSeverity;
  is_test: boolean;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: string | null;
  is_held: boolean;
  error: string | null;
  created_at: string;
};

export type OnCallPerson = { id: string; name: string; is_available: boolean };
export type Shift = { person: OnCallPerson; starts_at: string; ends_at: string; layer: string | null };

export type Layer = {
  name: string;
  people: string[];
  first_handover: string;
  unit: "hour" | "day" | "week";
  every: number;
  hours: { begins: string; ends: string; days: number[] }[];
};

export type Schedule = {
  id: string;
  name: string;
  time_zone: string;
  layers: Layer[];
  people: OnCallPerson[];
  on_call: Shift | null;
  next_up: Shift | null;
  uncovered_seconds: number;
};

export type Override = {
  id: string;
  person: OnCallPerson;
  starts_at: string;
  ends_at: string;
  reason: string | null;
};

export type Timeline = {
  since: string;
  until: string;
  shifts: Shift[];
  gaps: { starts_at: string; ends_at: string }[];
};

export type Notify = { kind: "schedule" | "person" | "channel"; id: string };

export type EscalationPolicy = {
  id: string;
  name: string;
  steps: { after_minutes: number; notify: Notify[] }[];
  repeats: number;
  least_severity: AlertSeverity;
  is_default: boolean;
};
