/** The one sentence, and the order in which checks are read: what fails, what warns, what was not run, what passes. */
import type { CheckResult, ReadinessCheck } from "@/api/types";
import { plural } from "@/lib/format";

const ORDER: readonly CheckResult[] = ["FAIL", "WARN", "SKIP", "WAIVED", "PASS"];

export const KIND_WORDS: Record<string, string> = {
  live: "Measured",
  config: "Config",
  record: "Recorded",
  attested: "Attested",
  extrapolated: "Extrapolated",
};

const failing = (checks: ReadinessCheck[], isMust: boolean) =>
  checks.filter((check) => check.result === "FAIL" && (check.level === "must") === isMust).length;

export function verdictOf(checks: ReadinessCheck[]): string {
  const musts = failing(checks, true);
  const others = failing(checks, false);
  const unseen = checks.filter((check) => check.level === "must" && check.result === "SKIP").length;
  if (musts > 0) return `Not ready: ${plural(musts, "must check")} ${musts === 1 ? "fails" : "fail"}`;
  if (unseen > 0) return `Not proven: ${plural(unseen, "must check")} did not run`;
  if (others > 0)
    return `Ready, with ${plural(others, "failing check")} that is not a must`.replace(
      /checks that is/,
      "checks that are",
    );
  return "Ready for production";
}

export type Group = { name: string; checks: ReadinessCheck[]; passed: number };

export function groupsOf(checks: ReadinessCheck[]): Group[] {
  const groups = new Map<string, ReadinessCheck[]>();
  for (const check of checks) groups.set(check.group, [...(groups.get(check.group) ?? []), check]);
  return [...groups].map(([name, list]) => ({
    name,
    checks: list.toSorted((a, b) => ORDER.indexOf(a.result) - ORDER.indexOf(b.result)),
    passed: list.filter((check) => check.result === "PASS").length,
  }));
}
