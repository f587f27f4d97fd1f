/** The mock server's summaries: dashboard, vulnerabilities, formats. */
import type { BySeverity, Dashboard, Finding, Format, TrendDay, Vulnerability } from "@/api/types";
import { formatToken, parseFilter } from "@/lib/filter-query";
import { SEVERITIES } from "@/lib/words";
import { ago } from "@/testing/fakes";
import type { Memory } from "@/testing/mock/data";
import { select, vulnerabilityIdOf } from "@/testing/mock/query";

export function bySeverity(findings: Finding[]): BySeverity {
  return Object.fromEntries(
    SEVERITIES.map((severity) => [
      severity,
      findings.filter((finding) => finding.severity === severity).length,
    ]),
  );
}

function trend(now: BySeverity): TrendDay[] {
  return Array.from({ length: 91 }, (_, index) => {
    const day = 90 - index;
    const wave = 1 + 0.12 * Math.sin(index / 13) - 0.09 * Math.cos(index / 31) + day / 900;
    const counts = Object.fromEntries(
      SEVERITIES.map((severity, at) => [
        severity,
        Math.round(
          (now[severity] ?? 0) * (1 + (wave + 0.03 * Math.sin(index / 4 + at) - 1) * Math.min(1, day / 25)),
        ),
      ]),
    );
    return {
      on: ago(day).slice(0, 10),
      by_severity: counts,
      new: 3 + ((index * 7) % 11),
      closed: 4 + ((index * 5) % 13),
    };
  });
}

export function dashboard(memory: Memory): Dashboard {
  const open = select(memory.findings, "is:open");
  const counts = bySeverity(open);
  return {
    open: { total: open.length, by_severity: counts },
    change: { days: 7, new: 48, closed: 87 },
    trend: trend(counts),
    newest_scans: memory.scans.slice(0, 6),
    oldest_criticals: open
      .filter((finding) => finding.severity === "critical")
      .toSorted((a, b) => a.first_seen_at.localeCompare(b.first_seen_at))
      .slice(0, 6),
    overdue: select(memory.findings, "is:overdue").length,
    unscanned_assets: memory.assets.filter(
      (asset) => asset.last_scan_at === null || Date.parse(asset.last_scan_at) < Date.parse(ago(4)),
    ),
    first_report_on: null,
    computed_at: ago(0.0005),
  };
}

export function vulnerabilities(memory: Memory, query: string): Vulnerability[] {
  const tokens = parseFilter(query);
  const conditions = tokens.filter((token) => token.type === "key").map(formatToken);
  const words = tokens.filter((token) => token.type === "text").map((token) => token.text.toLowerCase());
  const groups = new Map<string, Finding[]>();
  for (const finding of select(memory.findings, `is:open ${conditions.join(" ")}`)) {
    const id = vulnerabilityIdOf(finding);
    groups.set(id, [...(groups.get(id) ?? []), finding]);
  }
  const rows = [...groups].flatMap(([id, findings]): Vulnerability[] => {
    const [first] = findings;
    if (!first) return [];
    const assets = [...new Map(findings.map((finding) => [finding.asset.id, finding.asset])).values()];
    return [
      {
        id,
        name: first.vulnerability?.name ?? first.rule_id ?? "unnamed",
        title: first.title,
        severity: first.severity,
        open_findings: findings.length,
        asset_count: assets.length,
        assets: assets.slice(0, 3),
        identifiers: first.identifiers,
        cwes: first.cwes,
        cvss: first.cvss,
        epss: first.epss,
        known_exploited: first.known_exploited,
        has_fix: (first.components[0]?.fixed_versions ?? []).length > 0,
        first_seen_at: findings.map((finding) => finding.first_seen_at).toSorted()[0] ?? first.first_seen_at,
      },
    ];
  });
  return rows
    .filter((row) => words.every((word) => `${row.name} ${row.title}`.toLowerCase().includes(word)))
    .toSorted(
      (a, b) =>
        SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || b.open_findings - a.open_findings,
    );
}

const format = (id: string, scanner: string, title: string): Format => ({
  id,
  scanner,
  title,
  kinds: ["sca"],
  docs: "https://docs.example/formats",
  export: `\`${scanner} --output report\``,
  versions: "",
  is_mapped: false,
});

export const FORMATS: Format[] = [
  format("sarif", "sarif", "SARIF 2.1"),
  format("trivy-json", "trivy", "Trivy JSON"),
  format("grype-json", "grype", "Grype JSON"),
  format("semgrep-json", "semgrep", "Semgrep JSON"),
  format("bandit-json", "bandit", "Bandit JSON"),
  format("gosec-json", "gosec", "gosec JSON"),
  format("zap-xml", "zap", "ZAP XML"),
  format("nessus-xml", "nessus", "Nessus .nessus"),
  format("nessus-csv", "nessus", "Nessus CSV"),
  format("nuclei-jsonl", "nuclei", "Nuclei JSON Lines"),
  format("npm-audit-json", "npm_audit", "npm audit JSON"),
  format("cyclonedx-json", "cyclonedx", "CycloneDX JSON"),
  format("cyclonedx-xml", "cyclonedx", "CycloneDX XML"),
  format("snyk-json", "snyk", "Snyk JSON"),
  format("dependency-check-xml", "dependency_check", "OWASP Dependency-Check XML"),
  format("generic-json", "generic", "Generic JSON"),
  format("generic-csv", "generic", "Generic CSV"),
];
