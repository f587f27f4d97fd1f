/** Believable objects for tests and the mock server: give what matters, the rest is filled in. */
import type { Asset, Finding, ListedComponent, Scan, Session, User, Vulnerability } from "@/api/types";

let counter = 0;
const ALPHABET = "abcdefghjkmnpqrstvwxyz23456789";

export function fakeId(prefix: string): string {
  counter += 1;
  let text = "";
  for (
    let value = counter * 7_919_317 + 104_729;
    text.length < 9;
    value = Math.floor(value / 3) + counter * 31
  )
    text += ALPHABET[value % ALPHABET.length];
  return `${prefix}_${text}${counter.toString(36)}`;
}

const DAY = 86_400_000;
export const ago = (days: number) => new Date(Date.now() - days * DAY).toISOString();

export const fakeUser: User = { id: "usr_mira", email: "mira@acme.example", name: "Mira Okafor" };

export function fakeSession(given: Partial<Session> = {}): Session {
  return {
    user: fakeUser,
    organization: { id: "org_acme", name: "Acme" },
    organizations: [{ id: "org_acme", name: "Acme", role: "admin" }],
    role: "admin",
    permissions: [
      "findings:read",
      "findings:write",
      "scans:read",
      "scans:write",
      "formats:write",
      "assets:read",
      "assets:write",
      "users:read",
      "users:write",
      "audit:read",
      "jobs:read",
      "jobs:write",
      "readiness:read",
      "readiness:write",
      "alerts:read",
      "tokens:write",
      "organization:write",
      "policies:write",
    ],
    csrf_token: "mock-csrf",
    ...given,
  };
}

export function fakeFinding(given: Partial<Finding> = {}): Finding {
  return {
    id: fakeId("fnd"),
    asset: { id: "ast_payments", name: "payments-api" },
    kind: "sast",
    title: "SQL built from request input in LedgerQuery.search",
    severity: "critical",
    severity_reported: "ERROR",
    priority: 900,
    presence: "active",
    triage: "open",
    triage_reason: null,
    vex_status: null,
    identifiers: [],
    cwes: [89],
    cvss: [
      {
        score: 9.8,
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        version: "3.1",
        source: "semgrep",
      },
    ],
    epss: null,
    known_exploited: null,
    rule_id: "java.sqli.concat",
    scanners: ["semgrep"],
    locations: [{ path: "ledger/LedgerQuery.java", line: 124 }],
    components: [],
    first_seen_at: ago(5),
    last_seen_at: ago(0.01),
    due_at: ago(-2),
    assignee: null,
    tags: [],
    is_reopened: false,
    vulnerability: null,
    occurrence_count: 1,
    ...given,
  };
}

export function fakeScan(given: Partial<Scan> = {}): Scan {
  return {
    id: fakeId("scn"),
    state: "done",
    dry_run: false,
    partial: false,
    format: "trivy-json",
    scanner: "trivy",
    tool_version: "0.57.1",
    asset: { id: "ast_payments", name: "payments-api" },
    asset_named: "payments-api",
    ref: "main",
    scope: "",
    file_name: "trivy-image-payments-api.json",
    size_bytes: 1_840_331,
    scanned_at: ago(0.009),
    counts: {
      reported: 4118,
      new: 12,
      unchanged: 4075,
      moved: 0,
      changed: 0,
      reopened: 0,
      suppressed: 0,
      folded: 31,
      closed: 31,
      findings: { new: 12, reopened: 0, closed: 31 },
    },
    problems: [],
    error: null,
    held: null,
    superseded_by: null,
    undone: null,
    act: null,
    preview_of: null,
    part_of: null,
    parts: null,
    report_kept: true,
    uploaded_by: { id: "usr_mira", name: "Mira Okafor" },
    progress: null,
    accepted_at: ago(0.0085),
    started_at: ago(0.0084),
    finished_at: ago(0.0079),
    ...given,
  };
}

export function fakeAsset(given: Partial<Asset> = {}): Asset {
  return {
    id: fakeId("ast"),
    name: "payments-api",
    kind: "repository",
    default_ref: "main",
    tags: ["payments", "pci"],
    refs: [
      { name: "main", is_tracked: true, is_default: true, last_scan_at: ago(0.01), expires_at: null },
      { name: "release/4.2", is_tracked: true, is_default: false, last_scan_at: ago(0.1), expires_at: null },
      {
        name: "feat/refunds",
        is_tracked: false,
        is_default: false,
        last_scan_at: ago(1),
        expires_at: ago(-13),
      },
    ],
    open_findings: 34,
    by_severity: { critical: 2, high: 9, medium: 14, low: 8, info: 1 },
    scanners: ["semgrep", "trivy"],
    last_scan_at: ago(0.01),
    created_at: ago(412),
    ...given,
  };
}

export function fakeVulnerability(given: Partial<Vulnerability> = {}): Vulnerability {
  return {
    id: fakeId("vul"),
    name: "CVE-2021-44228",
    title: "Log4Shell: lookup in log4j-core runs remote code",
    severity: "critical",
    open_findings: 3,
    asset_count: 2,
    assets: [{ id: "ast_billing", name: "legacy-billing" }],
    identifiers: ["CVE-2021-44228", "GHSA-jfh8-c2jp-5v3q"],
    cwes: [502],
    cvss: [{ score: 10, version: "3.1" }],
    epss: 0.944,
    known_exploited: true,
    has_fix: true,
    first_seen_at: ago(412),
    ...given,
  };
}

export function fakeComponent(given: Partial<ListedComponent> = {}): ListedComponent {
  return {
    id: fakeId("cmp"),
    name: "org.apache.logging.log4j:log4j-core",
    version: "2.14.1",
    ecosystem: "maven",
    purl: "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
    severity: "critical",
    severities: { critical: 2, high: 1 },
    open_findings: 3,
    settled_findings: 0,
    known_exploited: true,
    fixable_findings: 2,
    fixed_version: "2.16.0",
    asset_count: 2,
    assets: [{ id: "ast_billing", name: "legacy-billing", fixed_version: "2.16.0" }],
    vulnerabilities: [{ id: "vul_log4shell", name: "CVE-2021-44228" }],
    ...given,
  };
}
