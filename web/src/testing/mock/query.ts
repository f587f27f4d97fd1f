/** The mock server's reading of the filter language: what the front end itself writes, and enough beside. */
import type { Facets, Finding } from "@/api/types";
import { type FilterToken, parseFilter, toggleValue } from "@/lib/filter-query";
import { KIND_WORD, SEVERITIES, SEVERITY_WORD, TRIAGE_WORD, TRIAGES } from "@/lib/words";

export class QueryProblem extends Error {}

const DAY = 86_400_000;

function isOpen(finding: Finding): boolean {
  return finding.presence === "active" && ["open", "in_triage", "confirmed"].includes(finding.triage);
}

function matchesIs(finding: Finding, value: string): boolean {
  switch (value) {
    case "open":
      return isOpen(finding);
    case "active":
    case "inactive":
      return finding.presence === value;
    case "reopened":
      return finding.is_reopened === true;
    case "overdue":
      return isOpen(finding) && finding.due_at !== null && Date.parse(finding.due_at) < Date.now();
    case "assigned":
      return finding.assignee !== null;
    case "new":
      return Date.now() - Date.parse(finding.first_seen_at) < 7 * DAY;
    default:
      throw new QueryProblem(`is: does not know “${value}”`);
  }
}

/** A finding without a CVE belongs to its rule. */
export function vulnerabilityIdOf(finding: Finding): string {
  return finding.vulnerability?.id ?? `vul_${finding.rule_id?.toLowerCase().replace(/\W/g, "")}`;
}

export function componentIdOf({ name, version }: { name: string; version?: string | null }): string {
  return `cmp_${`${name}${version ?? ""}`.toLowerCase().replace(/\W/g, "")}`;
}

function matchesValue(finding: Finding, key: string, value: string): boolean {
  switch (key) {
    case "severity":
    case "triage":
    case "presence":
    case "kind":
      return finding[key] === value;
    case "scanner":
      return finding.scanners.includes(value);
    case "asset":
      return finding.asset.id === value || finding.asset.name.toLowerCase().includes(value.toLowerCase());
    case "cve":
      return finding.identifiers.some((id) => id.toLowerCase() === value.toLowerCase());
    case "rule":
      return finding.rule_id === value;
    case "id":
      return finding.id === value;
    case "tag":
      return finding.tags.includes(value);
    case "component":
      return finding.components.some(
        (each) =>
          componentIdOf(each) === value || [each.name, `${each.name}@${each.version}`].includes(value),
      );
    case "vulnerability":
      return vulnerabilityIdOf(finding) === value || finding.vulnerability?.name === value;
    case "assignee":
      return value === "none"
        ? finding.assignee === null
        : finding.assignee?.id === value || (value === "me" && finding.assignee?.id === "usr_mira");
    case "known_exploited":
      return (finding.known_exploited === true) === (value === "true");
    case "fix":
      return (
        finding.components.some((component) => (component.fixed_versions ?? []).length > 0) ===
        (value === "true")
      );
    case "is":
      return matchesIs(finding, value);
    case "change":
    case "scan":
    case "has":
    case "ref":
      return true;
    default:
      throw new QueryProblem(`There is no key “${key}”`);
  }
}

function matches(finding: Finding, token: FilterToken): boolean {
  if (token.type === "raw") return true;
  if (token.type === "text") {
    const text =
      `${finding.title} ${finding.id} ${finding.rule_id} ${finding.identifiers.join(" ")}`.toLowerCase();
    return text.includes(token.text.toLowerCase());
  }
  if (token.comparison !== ":") {
    const limit = Number.parseFloat(token.values[0] ?? "0");
    const age = (Date.now() - Date.parse(finding.first_seen_at)) / DAY;
    const value =
      token.key === "age"
        ? age
        : token.key === "epss"
          ? (finding.epss ?? -1)
          : token.key === "priority"
            ? (finding.priority ?? 0)
            : SEVERITIES.length - SEVERITIES.indexOf(finding.severity);
    return token.comparison.startsWith(">") ? value >= limit : value <= limit;
  }
  return token.values.some((value) => matchesValue(finding, token.key, value)) !== token.isNegated;
}

export function select(findings: Finding[], query: string): Finding[] {
  const tokens = parseFilter(query);
  return findings.filter((finding) => tokens.every((token) => matches(finding, token)));
}

const rank = (finding: Finding) => SEVERITIES.indexOf(finding.severity);

export function sorted(findings: Finding[], sort: string): Finding[] {
  const by: Record<string, (a: Finding, b: Finding) => number> = {
    "-priority": (a, b) => (b.priority ?? 0) - (a.priority ?? 0),
    "-severity": (a, b) => rank(a) - rank(b),
    "-first_seen_at": (a, b) => b.first_seen_at.localeCompare(a.first_seen_at),
    first_seen_at: (a, b) => a.first_seen_at.localeCompare(b.first_seen_at),
    id: (a, b) => a.id.localeCompare(b.id),
  };
  return findings.toSorted(by[sort] ?? by["-priority"]);
}

function withOnly(query: string, key: string, value: string): string {
  const without = parseFilter(query)
    .filter((token) => !(token.type === "key" && token.key === key && !token.isNegated))
    .map((token) =>
      token.type === "key"
        ? `${token.isNegated ? "-" : ""}${token.key}${token.comparison}${token.values.join(",")}`
        : token.text,
    )
    .join(" ");
  return toggleValue(without, key, value);
}

export function facets(findings: Finding[], query: string): Facets {
  const count = (key: string, value: string) => select(findings, withOnly(query, key, value)).length;
  const facet = (key: string, values: readonly string[], label: (value: string) => string) =>
    values
      .map((value) => ({ value, label: label(value), count: count(key, value), is_exact: true }))
      .filter((each) => each.count > 0);
  const byCount = (list: ReturnType<typeof facet>) => list.toSorted((a, b) => b.count - a.count).slice(0, 8);
  const scanners = [...new Set(findings.flatMap((finding) => finding.scanners))];
  const assets = new Map(findings.map((finding) => [finding.asset.id, finding.asset.name]));
  return {
    severity: facet("severity", SEVERITIES, (value) => SEVERITY_WORD[value as keyof typeof SEVERITY_WORD]),
    triage: facet("triage", TRIAGES, (value) => TRIAGE_WORD[value as keyof typeof TRIAGE_WORD]),
    presence: facet("presence", ["active", "inactive"], (value) => value),
    kind: byCount(
      facet("kind", Object.keys(KIND_WORD), (value) => KIND_WORD[value as keyof typeof KIND_WORD]),
    ),
    scanner: byCount(facet("scanner", scanners, (value) => value)),
    asset: byCount(facet("asset", [...assets.keys()], (value) => assets.get(value) ?? value)),
    assets_ranked_among: null,
  };
}
