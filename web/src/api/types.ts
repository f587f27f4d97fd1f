/** What the API answers, by hand after the public contract. Field names are the API's own. */
import type { Scan } from "./scan-types";
import type { VexStatement, VexStatus } from "./vex-types";

export type * from "./member-types";
export type * from "./scan-types";
export type * from "./vex-types";
export type * from "./view-types";

export type Severity = "critical" | "high" | "medium" | "low" | "info" | "unknown";
export type Triage = "open" | "in_triage" | "confirmed" | "false_positive" | "risk_accepted" | "duplicate";
export type Presence = "active" | "inactive";
export type FindingKind =
  | "sca"
  | "container"
  | "sast"
  | "secret"
  | "dast"
  | "infrastructure"
  | "cloud"
  | "iac"
  | "manual";
export type Role = "admin" | "member" | "viewer";
export type BySeverity = Partial<Record<Severity, number>>;
export type Named = { id: string; name: string };

export type List<Item> = {
  items: Item[];
  next_cursor: string | null;
  total: number;
  total_is_exact: boolean;
};

export type User = { id: string; email: string; name: string };
export type Session = {
  user: User;
  organization: Named;
  organizations: { id: string; name: string; role: Role }[];
  role: Role;
  permissions: string[];
  csrf_token: string | null;
};
export type SignedIn = { user: User; csrf_token: string };
export type SignInOptions = { signup: "open" | "invitation"; environment: string };
export type Invitation = { email: string; organization: { name: string }; role: Role };

export type Location = {
  path?: string | null;
  line?: number | null;
  end_line?: number | null;
  column?: number | null;
  symbol?: string | null;
  snippet?: string | null;
  commit?: string | null;
  url?: string | null;
  method?: string | null;
  parameter?: string | null;
  host?: string | null;
  port?: number | null;
  protocol?: string | null;
  resource?: string | null;
  message?: string | null;
  evidence?: string | null;
};
export type Component = {
  name: string;
  version?: string | null;
  purl?: string | null;
  fixed_versions?: string[];
  /** In a finding’s own answer: what is known of it in all assets; null for some seconds after an import. */
  component_id?: string | null;
  path?: string | null;
  layer?: string | null;
};
export type Cvss = {
  score?: number | null;
  vector?: string | null;
  version?: string | null;
  source?: string | null;
};

export type Finding = {
  id: string;
  asset: Named;
  kind: FindingKind;
  title: string;
  severity: Severity;
  severity_reported: string | null;
  priority: number | null;
  presence: Presence;
  triage: Triage;
  triage_reason: string | null;
  vex_status: VexStatus | null;
  identifiers: string[];
  cwes: number[];
  cvss: Cvss[] | Cvss | number | null;
  epss: number | null;
  known_exploited: boolean | null;
  rule_id: string | null;
  scanners: string[];
  locations: Location[];
  components: Component[];
  first_seen_at: string;
  last_seen_at: string;
  due_at: string | null;
  assignee: Named | null;
  tags: string[];
  is_reopened?: boolean;
  vulnerability?: Named | null;
  occurrence_count?: number;
};

export type Occurrence = {
  id: string;
  scanner: string;
  ref: string;
  is_tracked: boolean;
  is_open: boolean;
  severity: Severity;
  location: Location | null;
  component: Component | null;
  first_seen_at: string;
  last_seen_at: string;
  closed_at: string | null;
  close_reason: string | null;
};
export type HistoryEntry = { id: string; at: string; actor: Named | null; action: string; detail: unknown };
export type Comment = { id: string; author: Named | null; body: string; created_at: string };

export type FindingDetail = Finding & {
  description: string | null;
  remediation: string | null;
  references: string[];
  evidence: string | null;
  severity_override: { severity: Severity; reason: string; by: Named | null; at: string } | null;
  vex: VexStatement | null;
  duplicate_of: string | null;
  joined_into?: string | null;
  occurrences: Occurrence[];
  history: HistoryEntry[];
  comments: Comment[];
};

export type Place = Record<string, string | number | null>;
export type Match = {
  at: string;
  pass_name: string;
  reason: string;
  was: Place;
  now: Place;
  similarity: number | null;
  rejected: Place[];
};
export type IdentityKey = {
  fingerprint: string;
  made_from: string | null;
  inputs: Record<string, string | number | null>;
};
export type ExplainedOccurrence = {
  id: string;
  scanner: string;
  ref: string;
  is_tracked: boolean;
  rule: string;
  location: Location | null;
  component: Component | null;
  keys: IdentityKey[];
  matches: Match[];
  regrouping: string | null;
};
export type Regrouping = {
  id: string;
  act: "join" | "split";
  cause: "person" | "alias";
  is_kept: boolean;
  other: string | null;
  reason: string | null;
  identifiers: string[];
  by: Named | null;
  at: string;
  undone_by: Named | null;
  undone_at: string | null;
};
export type Explanation = {
  id: string;
  occurrences: ExplainedOccurrence[];
  keys: (IdentityKey & { occurrences: string[]; added_by: string | null })[];
  regroupings: Regrouping[];
};

/** Of another kind; the two stay two. */
export type RelatedFinding = {
  id: string;
  title: string;
  kind: FindingKind;
  severity: Severity;
  triage: Triage;
  location: Location | null;
  reasons: { rule: string; text: string }[];
  dismissed_at: string | null;
  dismissed_by: Named | null;
};

/** Null clears; false_positive, risk_accepted and severity need a reason. */
export type FindingChange = {
  triage?: Triage;
  reason?: string | null;
  duplicate_of?: string | null;
  assignee?: string | null;
  severity?: Severity | null;
  severity_reason?: string | null;
  add_tags?: string[];
  remove_tags?: string[];
};
export type BulkSelection = { ids: string[] } | { q: string; expected_total: number };

export type Facet = { value: string; label: string; count: number; is_exact: boolean };
export type Facets = Record<"severity" | "triage" | "presence" | "kind" | "scanner" | "asset", Facet[]> & {
  /** When set, only so many of the largest assets were looked at. */
  assets_ranked_among: number | null;
};

export type JobState = "accepted" | "running" | "done" | "failed" | "cancelled" | "held";
export type Job = {
  id: string;
  kind: string;
  state: JobState;
  attempts: number;
  max_attempts: number;
  progress: { done: number; total: number | null } | null;
  /** Of a change of many findings that is done. */
  counts?: Partial<Record<"selected" | "changed" | "kept", number>> | null;
  error: { code?: string; message: string } | string | null;
};

export type Vulnerability = {
  id: string;
  name: string;
  title: string;
  severity: Severity;
  open_findings: number;
  asset_count: number;
  assets: Named[];
  identifiers: string[];
  aliases?: string[];
  cwes: number[];
  cvss: Cvss[] | Cvss | number | null;
  epss: number | null;
  known_exploited: boolean | null;
  has_fix: boolean;
  first_seen_at: string;
};
export type AliasStatement = {
  name: string;
  alias: string;
  is_same: boolean;
  asserter_kind: "scanner" | "feed" | "person";
  asserter: string;
  reason: string | null;
  asserted_at: string;
};
export type VulnerabilityDetail = Omit<Vulnerability, "assets"> & {
  statements?: AliasStatement[];
  description: string | null;
  references: string[];
  assets: (Named & { open_findings: number })[];
};

export type ComponentRelease = {
  id: string;
  version: string | null;
  /** The worst of its open findings; null where none is open. */
  severity: Severity | null;
  open_findings: number;
  asset_count: number;
};
/** One version of a package that findings stand on; a finding's own `Component` is what its report says of it. */
/** `fixed_version`: what to upgrade to there. */
export type UpgradableAsset = Named & { fixed_version: string | null };
export type ListedComponent = ComponentRelease & {
  name: string;
  ecosystem: string | null;
  purl: string | null;
  severities: BySeverity;
  settled_findings: number;
  known_exploited: boolean;
  fixable_findings: number;
  fixed_version: string | null;
  assets: UpgradableAsset[];
  vulnerabilities: Named[];
};
export type ComponentDetail = Omit<ListedComponent, "assets" | "vulnerabilities"> & {
  versions: ComponentRelease[];
  assets: (UpgradableAsset & { open_findings: number; severity: Severity | null })[];
  vulnerabilities: (Named & {
    title: string;
    severity: Severity;
    known_exploited: boolean | null;
    open_findings: number;
    fixed_versions: string[];
  })[];
};

export type AssetRef = {
  name: string;
  is_tracked: boolean;
  is_default: boolean;
  last_scan_at: string | null;
  /** Of an untracked ref: when what is seen on it closes, unless it is scanned again. */
  expires_at: string | null;
};
export type Asset = {
  id: string;
  name: string;
  kind: string;
  default_ref: string | null;
  tags: string[];
  refs: AssetRef[];
  open_findings: number;
  by_severity: BySeverity;
  scanners: string[];
  last_scan_at: string | null;
  created_at: string;
};

export type AssetIdentifier = {
  kind: string;
  value: string;
  /** Whose report said it first; null when a person did. */
  scanner: string | null;
  scan_id: string | null;
  added_by: Named | null;
  first_seen_at: string;
  last_seen_at: string;
  /** Of what passes from one to another: when it tells nothing any more. */
  tells_until: string | null;
  is_shared: boolean;
};
export type AssetDetail = Asset & { identifiers: AssetIdentifier[] };

export type TrendDay = { on: string; by_severity: BySeverity; new: number; closed: number };
export type Dashboard = {
  open: { total: number; by_severity: BySeverity };
  change: { days: number; new: number; closed: number };
  trend: TrendDay[];
  /** What the trend shows before that day is from the dates in reports. */
  first_report_on: string | null;
  newest_scans: Scan[];
  oldest_criticals: Finding[];
  /** Null where no open finding has a due date. */
  overdue: number | null;
  /** Not known of a past day. */
  unscanned_assets: Asset[] | null;
  computed_at: string;
};

export type CheckResult = "PASS" | "WARN" | "FAIL" | "SKIP" | "WAIVED";
export type CheckLevel = "must" | "should" | "nice" | "expected";
export type ReadinessCheck = {
  id: string;
  title?: string;
  group: string;
  result: CheckResult;
  kind: string;
  evidence: string | null;
  advice: string | null;
  observed_at: string | null;
  build: string | null;
  level: CheckLevel;
  owner?: string | null;
  due_on?: string | null;
  waiver?: { reason: string; owner: string; expires_at: string } | null;
};
export type ReadinessChange = {
  id: string;
  title: string;
  before: CheckResult | null;
  after: CheckResult | null;
  evidence: string;
};
export type PastReadiness = {
  observed_at: string;
  build: string;
  summary: Partial<Record<CheckResult, number>>;
  changes: ReadinessChange[];
};
export type Readiness = { items: ReadinessCheck[]; summary: Partial<Record<CheckResult, number>> };

export type Health = {
  state: "ok" | "degraded" | "down";
  version: string;
  degraded: string[];
};
