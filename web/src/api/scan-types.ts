/** Scans on the wire: a report taken in, what became of its results, and what it changed. */
import type { BySeverity, FindingKind, Location, Named, Severity } from "./types";

export type ScanState = "accepted" | "running" | "held" | "done" | "failed" | "cancelled";
export type ScanPhase = "waiting" | "reading" | "comparing" | "writing" | "done";
export type ScanProgress = {
  phase: ScanPhase;
  findings_read: number | null;
  bytes_read: number | null;
  bytes_total: number | null;
  findings_per_second: number | null;
  eta_seconds: number | null;
};
export type ScanCounts = {
  reported: number;
  new: number;
  unchanged: number;
  moved: number;
  changed: number;
  reopened: number;
  suppressed: number;
  folded: number;
  closed: number;
  findings: { new: number; reopened: number; closed: number };
  /** What the report states itself (VEX); absent where it states nothing. */
  statements?: { reported: number; new: number; withdrawn: number; decided: number } | null;
};
export type Scan = {
  id: string;
  state: ScanState;
  dry_run: boolean;
  partial: boolean;
  format: string | null;
  scanner: string | null;
  tool_version: string | null;
  asset: Named | null;
  /** As the upload or the whole report calls it; a dry run's may not exist. */
  asset_named: string | null;
  ref: string | null;
  scope: string;
  file_name: string | null;
  size_bytes: number | null;
  scanned_at: string | null;
  counts: ScanCounts | null;
  problems: { position: string; reason: string }[];
  error: { code: string; message: string; position: string | null } | null;
  held: { reason: string; would_close: number; by_severity?: BySeverity } | null;
  superseded_by: string | null;
  undone: { at: string; by: Named | null } | null;
  act: ScanAct | null;
  preview_of: string | null;
  /** Of a report that covers several assets: the scan of the whole, or how many there are of the parts. */
  part_of: string | null;
  parts: { total: number; going_on: number; held: number; failed: number } | null;
  report_kept: boolean;
  uploaded_by: Named | null;
  progress: ScanProgress | null;
  accepted_at: string;
  started_at: string | null;
  finished_at: string | null;
};
/** What is being done to a scan, or was last: taken back, or read again by the present parser. */
export type ScanAct = {
  kind: "undo" | "reprocess";
  state: string;
  error: { code: string; message: string; position: string | null } | null;
};
export type ChangeKind =
  | "new"
  | "changed"
  | "moved"
  | "reopened"
  | "closed"
  | "suppressed"
  | "unchanged"
  | "decided";
export type ScanChange = {
  change: ChangeKind;
  reason: string | null;
  finding: { id: string; title: string; severity: Severity } | null;
  title: string;
  severity: Severity;
  location: Location | null;
  /** Of a report that covers several assets: the one that it is about. */
  asset: string | null;
};
export type Format = {
  id: string;
  scanner: string;
  title: string;
  kinds: FindingKind[];
  docs: string | null;
  /** How to get this report out of the scanner. */
  export: string;
  versions: string;
  /** One of the organization's own mappings. */
  is_mapped: boolean;
};

/** A report format that the organization described itself. */
export type Mapping = {
  id: string;
  format: string;
  scanner: string;
  title: string;
  kinds: FindingKind[];
  is_recognised: boolean;
  document: string;
  version: number;
  updated_at: string;
  updated_by: Named | null;
};

export type MappingProblem = { field: string; line: number; message: string };

/** What a finding of a sample shows of itself; the API sends every field that has something. */
export type SampleFinding = {
  kind: FindingKind;
  title: string;
  severity: Severity;
  severity_reported?: string;
  [field: string]: unknown;
};

export type MappingPreview = {
  format: string | null;
  is_recognised: boolean;
  findings: SampleFinding[];
  finding_count: number;
  header: Record<string, unknown>;
  mapping_problems: MappingProblem[];
  sample_problems: { position: string; reason: string }[];
  refusal: string | null;
};

/** A large report that was sent in part; it goes on when the same file is chosen again. */
export type UnfinishedUpload = {
  id: string;
  file_name: string | null;
  length: number;
  received: number;
  created_at: string;
  expires_at: string;
};

export type FailedJob = {
  id: string;
  kind: string;
  attempts: number;
  error: { code: string; message: string } | null;
  finished_at: string | null;
};

/** A file that was refused for what it is. */
export type QuarantinedFile = {
  id: string;
  file_name: string | null;
  size_bytes: number;
  sha256: string;
  code: string;
  detail: string;
  quarantined_at: string;
  deleted_at: string;
};
