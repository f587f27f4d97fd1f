/** What the filter bar offers while a person types: keys first, then values with counts. */
import type { Facets } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { SEVERITIES, SEVERITY_WORD, TRIAGE_WORD, TRIAGES, VEX_WORD } from "@/lib/words";

export type Suggestion = { text: string; label: string; note: string | null; isComplete: boolean };

const KEYS: [string, string][] = [
  ["severity", "critical, high, …"],
  ["triage", "what people decided"],
  ["vex", "what suppliers state"],
  ["is", "open, overdue, reopened, …"],
  ["asset", "what is protected"],
  ["scanner", "who reported it"],
  ["kind", "code, dependency, web, …"],
  ["assignee", "me, none or an e-mail"],
  ["cve", "CVE-2021-44228"],
  ["vulnerability", "one CVE or rule"],
  ["known_exploited", "true"],
  ["fix", "a fixed version exists"],
  ["tag", "your own label"],
  ["rule", "a scanner’s check"],
  ["package", "a component’s name"],
  ["path", "a file"],
  ["cwe", "79"],
  ["presence", "active or inactive"],
  ["ref", "branch or tag"],
  ["has", "assignee, fix, comment"],
  ["epss>", "0.5"],
  ["cvss>", "7"],
  ["age>", "30d"],
  ["due<", "7d"],
  ["asset.tag", "an asset’s label"],
  ["id", "fnd_…"],
];

const FIXED: Record<string, [string, string][]> = {
  is: ["open", "active", "inactive", "reopened", "new", "overdue", "assigned"].map((value) => [value, value]),
  known_exploited: [
    ["true", "known exploited"],
    ["false", "not known"],
  ],
  fix: [
    ["true", "a fix exists"],
    ["false", "no fix yet"],
  ],
  has: [
    ["assignee", "somebody’s"],
    ["fix", "a fix exists"],
    ["comment", "talked about"],
  ],
  assignee: [
    ["me", "mine"],
    ["none", "nobody’s"],
  ],
  severity: SEVERITIES.map((severity) => [severity, SEVERITY_WORD[severity]]),
  triage: TRIAGES.map((triage) => [triage, TRIAGE_WORD[triage]]),
  vex: Object.entries(VEX_WORD),
};

const FACET_KEYS = ["severity", "triage", "presence", "kind", "scanner", "asset"] as const;

export function suggest(typed: string, facets: Facets | undefined): Suggestion[] {
  const match = /^(-?)([a-z_.]+):(.*)$/s.exec(typed);
  if (!match) {
    const [, minus = "", start = ""] = /^(-?)([a-z_.]*)$/.exec(typed) ?? ["", "", " "];
    return KEYS.filter(([key]) => key.startsWith(start))
      .slice(0, typed === "" ? 8 : 6)
      .map(([key, note]) => {
        const text = `${minus}${key}${key.endsWith(">") ? "" : ":"}`;
        return { text, label: text, note, isComplete: false };
      });
  }
  const [, minus = "", key = "", rest = ""] = match;
  const chosen = rest.split(",").slice(0, -1);
  const start = (rest.split(",").at(-1) ?? "").toLowerCase();
  const isFacet = FACET_KEYS.find((each) => each === key);
  const counted = isFacet ? (facets?.[isFacet] ?? []) : [];
  const values =
    counted.length > 0
      ? counted.map(({ value, label, count }): [string, string, number | null] => [value, label, count])
      : (FIXED[key] ?? []).map(([value, label]): [string, string, number | null] => [value, label, null]);
  return values
    .filter(
      ([value, label]) =>
        !chosen.includes(value) &&
        (value.toLowerCase().startsWith(start) || label.toLowerCase().startsWith(start)),
    )
    .slice(0, 10)
    .map(([value, label, count]) => ({
      text: `${minus}${key}:${[...chosen, quote(value)].join(",")}`,
      label: key === "asset" ? label : value,
      note: count === null ? (label === value ? null : label) : formatNumber(count),
      isComplete: true,
    }));
}

/** Keys with a vocabulary of their own: what is none of its words is no filter. */
const CLOSED = /^-?(severity|triage|presence|kind|vex|is|has|known_exploited|fix):/;

/** What was begun is the first word that it can become: "severity:cri" alone would only be refused. */
export function completed(typed: string, facets: Facets | undefined): string {
  const begun = typed.trim().split(/[:,]/).at(-1)?.toLowerCase();
  if (!begun || !CLOSED.test(typed)) return typed;
  const [first, ...others] = suggest(typed.trim(), facets);
  const isWord = [first, ...others].some((each) => each?.text.toLowerCase() === typed.trim().toLowerCase());
  return first === undefined || isWord ? typed : first.text;
}

const quote = (value: string) => (/[\s,"()]/.test(value) ? `"${value}"` : value);
