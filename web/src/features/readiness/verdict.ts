/** From checks to one sentence, and the checks in the order in which they are read. */
import type { CheckLevel, CheckResult, ReadinessCheck } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";
import type { LevelFilter } from "./levels";

export const LEVEL_WORD: Record<CheckLevel, string> = {
  must: "Must",
  should: "Should",
  nice: "Nice",
  expected: "Expected",
};

/** How a result is known. */
const KINDS: Record<string, { word: string; note: string }> = {
  live: { word: "Live", note: "seen now" },
  config: { word: "Config", note: "read from settings" },
  record: { word: "Record", note: "a drill, test or bench of this build" },
  attested: { word: "Attested", note: "a person vouches" },
  extrapolated: { word: "Extrapolated", note: "measured, then scaled" },
};

export function kindOf(kind: string): { word: string; note: string } {
  return KINDS[kind] ?? { word: kind, note: "" };
}

const WORST_FIRST: readonly CheckResult[] = ["FAIL", "WARN", "SKIP", "WAIVED", "PASS"];

const WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const inWords = (count: number) => WORDS[count] ?? formatNumber(count);

export const withResult = (checks: ReadinessCheck[], result: CheckResult) =>
  checks.filter((check) => check.result === result);

export type Verdict = { isReady: boolean; text: string };

export function verdictOf(checks: ReadinessCheck[]): Verdict {
  const must = checks.filter((check) => check.level === "must");
  const failing = withResult(must, "FAIL").length;
  const warning = withResult(must, "WARN").length;
  const skipped = withResult(must, "SKIP").length;
  const others = withResult(checks, "FAIL").length - failing;
  const says = (count: number, verb: string) =>
    `${inWords(count)} must ${count === 1 ? `check ${verb}s` : `checks ${verb}`}`;
  if (checks.length === 0) return { isReady: false, text: "Nothing was checked" };
  if (failing > 0) return { isReady: false, text: `Not ready: ${says(failing, "fail")}` };
  if (warning > 0) return { isReady: false, text: `Not ready yet: ${says(warning, "warn")}` };
  if (skipped > 0)
    return {
      isReady: false,
      text: `Not proven: ${inWords(skipped)} must ${skipped === 1 ? "check was" : "checks were"} skipped`,
    };
  if (others > 0)
    return {
      isReady: true,
      text: `Every must check passes; ${inWords(others)} ${others === 1 ? "other fails" : "others fail"}`,
    };
  return { isReady: true, text: "Ready: every must check passes" };
}

/** The must checks that the verdict speaks of: those that fail, else those that warn, else those not run. */
export function blockingOf(checks: ReadinessCheck[]): ReadinessCheck[] {
  const must = ofLevel(checks, "must");
  const worst = (["FAIL", "WARN", "SKIP"] as const).find((result) => withResult(must, result).length > 0);
  return worst === undefined ? [] : withResult(must, worst);
}

/** "1 fails · 3 warn · 4 skipped"; empty when all pass. */
export function describeRest(checks: ReadinessCheck[]): string {
  const count = (result: CheckResult) => withResult(checks, result).length;
  return [
    count("FAIL") > 0 && `${formatNumber(count("FAIL"))} fail`,
    count("WARN") > 0 && `${formatNumber(count("WARN"))} warn`,
    count("SKIP") > 0 && `${formatNumber(count("SKIP"))} skipped`,
    count("WAIVED") > 0 && `${formatNumber(count("WAIVED"))} waived`,
  ]
    .filter(Boolean)
    .join(" · ");
}

export type Group = { name: string; open: ReadinessCheck[]; passing: ReadinessCheck[] };

/** Groups as the server orders them; inside each the worst first, what passes apart. */
export function groupsOf(checks: ReadinessCheck[]): Group[] {
  const names = [...new Set(checks.map((check) => check.group))];
  return names.map((name) => {
    const members = checks.filter((check) => check.group === name);
    return {
      name,
      passing: withResult(members, "PASS"),
      open: members
        .filter((check) => check.result !== "PASS")
        .toSorted((a, b) => WORST_FIRST.indexOf(a.result) - WORST_FIRST.indexOf(b.result)),
    };
  });
}

export function ofLevel(checks: ReadinessCheck[], level: LevelFilter): ReadinessCheck[] {
  return level === "all" ? checks : checks.filter((check) => check.level === level);
}

/** A value to read, whatever form the check gave it in. */
export function evidenceText(evidence: unknown): string {
  if (evidence === null || evidence === undefined) return "";
  return typeof evidence === "string" ? evidence : JSON.stringify(evidence);
}

export function describePassing(group: Group): string {
  const all = group.open.length + group.passing.length;
  return `${formatNumber(group.passing.length)} of ${plural(all, "check passes", "pass")}`;
}

/** The newest look at anything: when the report is from. */
export function checkedAt(checks: ReadinessCheck[]): string | null {
  return (
    checks
      .map((check) => check.observed_at)
      .filter((at) => at !== null)
      .toSorted()
      .at(-1) ?? null
  );
}
