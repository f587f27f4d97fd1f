/** The product's words for its own values, in the order they are listed. */
import type { FindingKind, ScanState, Severity, Triage, VexStatus } from "@/api/types";
import { capitalized } from "@/lib/format";

export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info", "unknown"];
export const TRIAGES: readonly Triage[] = [
  "open",
  "in_triage",
  "confirmed",
  "false_positive",
  "risk_accepted",
  "duplicate",
];

export const SEVERITY_WORD: Record<Severity, string> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  info: "Info",
  unknown: "Unknown",
};

export const TRIAGE_WORD: Record<Triage, string> = {
  open: "Open",
  in_triage: "In triage",
  confirmed: "Confirmed",
  false_positive: "False positive",
  risk_accepted: "Risk accepted",
  duplicate: "Duplicate",
};

export const VEX_WORD: Record<VexStatus, string> = {
  not_affected: "Not affected",
  fixed: "Fixed",
  under_investigation: "Under investigation",
  affected: "Affected",
};

export const KIND_WORD: Record<FindingKind, string> = {
  sca: "Dependency",
  container: "Container",
  sast: "Code",
  secret: "Secret",
  dast: "Web",
  infrastructure: "Infrastructure",
  cloud: "Cloud",
  iac: "Infrastructure as code",
  manual: "Manual",
};

export const SCAN_STATE_WORD: Record<ScanState, string> = {
  accepted: "Waiting",
  running: "Reading",
  held: "Held",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

const SCANNER_NAMES: Record<string, string> = {
  sarif: "SARIF",
  gosec: "gosec",
  zap: "ZAP",
  npm_audit: "npm audit",
  codeql: "CodeQL",
  cyclonedx: "CycloneDX",
  dependency_check: "Dependency-Check",
  nessus: "Nessus",
  tenable: "Nessus",
};

/** "npm_audit" → "npm audit": scanners' own spelling where we know it. */
export function scannerName(scanner: string): string {
  return (
    SCANNER_NAMES[scanner.toLowerCase()] ??
    (/[A-Z]/.test(scanner) ? scanner : capitalized(scanner.replaceAll("_", " ")))
  );
}

/** Open work: active, and nobody has decided against it. */
export const OPEN_FILTER = "is:open";
