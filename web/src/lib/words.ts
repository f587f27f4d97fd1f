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

const SCANNER_NAMES: Record<string, string> = { sarif: "SARIF", zap: "ZAP", codeql: "CodeQL" };
/** Those that write themselves with a capital, but not in their own reports. */
const IN_CAPITALS = /^(bandit|checkov|gitleaks|grype|nuclei|semgrep|snyk|syft|trivy|trufflehog)$/;

/** Scanners spell themselves, as in "npm audit" and "testssl.sh"; only a few are known to be put better. */
export function scannerName(scanner: string): string {
  return SCANNER_NAMES[scanner] ?? (IN_CAPITALS.test(scanner) ? capitalized(scanner) : scanner);
}

/** Open work: active, and nobody has decided against it. */
export const OPEN_FILTER = "is:open";
