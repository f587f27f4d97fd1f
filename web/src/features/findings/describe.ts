/** A finding in words: its place, its identifier, why it stands where it stands. */
import type { Cvss, Finding, FindingChange, FindingDetail, FindingKind, Location } from "@/api/types";
import { type Due, describeDue } from "@/lib/format";
import { SEVERITY_WORD } from "@/lib/words";

export function describePlace(location: Location | null | undefined): string | null {
  if (!location) return null;
  if (location.path) return location.line ? `${location.path}:${location.line}` : location.path;
  if (location.url) return location.method ? `${location.method} ${pathOf(location.url)}` : location.url;
  if (location.host) return location.port ? `${location.host}:${location.port}` : location.host;
  return location.resource ?? null;
}

function pathOf(url: string): string {
  try {
    const { pathname, search } = new URL(url);
    return pathname + search;
  } catch {
    return url;
  }
}

export function placeOf(finding: Finding): string | null {
  const place = describePlace(finding.locations[0]);
  const component = finding.components[0];
  if (!component) return place;
  const name = component.version ? `${component.name} ${component.version}` : component.name;
  return place && place !== component.name ? `${place} · ${name}` : name;
}

const LONG_TITLE = 140;

/** Some scanners have no title, and their whole description stands for it. */
export const isLong = (title: string) => title.length > LONG_TITLE;

const wordsOnly = (text: string) =>
  text
    .replace(/\s+/g, " ")
    .replace(/[\s.]+$/, "")
    .trim();

/** Whether the description says nothing that the title has not said. */
export function repeatsTitle(finding: Finding): boolean {
  const { title, description } = finding as Partial<FindingDetail> & Finding;
  return typeof description === "string" && wordsOnly(description) === wordsOnly(title);
}

/** What a scanner wrote, with its own lines, but without the holes that taken-out mark-up leaves. */
export function tidied(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[ \t\u00a0]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/** What a person would paste into a search box: the CVE, else the weakness, else the rule. */
export function identifierOf(finding: Finding): string | null {
  return (
    finding.identifiers[0] ??
    finding.rule_id ??
    (finding.cwes[0] === undefined ? null : `CWE-${finding.cwes[0]}`)
  );
}

/** The highest base score that anyone gave, or null: never a made-up zero. */
export function cvssScore(cvss: Finding["cvss"]): number | null {
  if (cvss === null || typeof cvss === "number") return cvss;
  const scores = (Array.isArray(cvss) ? cvss : [cvss]).flatMap((each: Cvss) =>
    typeof each.score === "number" ? [each.score] : [],
  );
  return scores.length === 0 ? null : Math.max(...scores);
}

/** Work that waits for somebody: seen by a scan, and decided by nobody. */
export function isOpen(finding: Pick<Finding, "presence" | "triage">): boolean {
  return finding.presence === "active" && ["open", "in_triage", "confirmed"].includes(finding.triage);
}

/** Only what is open can be late; the list says the same of `is:overdue`. */
export function dueOf(finding: Finding): Due | null {
  return isOpen(finding) ? describeDue(finding.due_at) : null;
}

/** Why a row stands where it stands in the default order. */
export function describePriority(finding: Finding): string {
  const due = dueOf(finding);
  const reasons = [
    finding.known_exploited === true && "known exploited",
    SEVERITY_WORD[finding.severity].toLowerCase(),
    due?.text,
  ];
  const text = reasons.filter(Boolean).join(", ");
  return finding.priority === null ? text : `Priority ${finding.priority}: ${text}`;
}

/** What became of its tags: "Tagged sprint-12, no longer audit". */
export function describeTags({
  add_tags = [],
  remove_tags = [],
}: Pick<FindingChange, "add_tags" | "remove_tags">): string {
  const parts = [
    add_tags.length > 0 && `tagged ${add_tags.join(", ")}`,
    remove_tags.length > 0 && `no longer tagged ${remove_tags.join(", ")}`,
  ];
  return parts.filter(Boolean).join("; ");
}

/** What two results must share to be one finding, by kind: the public rule of identity, in short words. */
export const MATCHED_ON: Record<FindingKind, string[]> = {
  sca: ["asset", "package", "vulnerability"],
  container: ["asset", "package", "vulnerability"],
  sast: ["asset", "rule", "file", "code around the line"],
  secret: ["asset", "rule", "the secret's digest"],
  dast: ["asset", "rule", "method", "URL", "parameter"],
  infrastructure: ["asset", "vulnerability or plug-in", "host", "port"],
  cloud: ["asset", "control", "resource"],
  iac: ["asset", "control", "resource"],
  manual: ["its own id"],
};
