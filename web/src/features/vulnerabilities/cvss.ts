/** CVSS as a person reads it; null where nobody gave one. */
import type { Cvss, Vulnerability } from "@/api/types";

/** The highest score given, with its version: "9.8 (3.1)". */
export function describeCvss(cvss: Vulnerability["cvss"]): string | null {
  if (cvss === null) return null;
  const all: Cvss[] = typeof cvss === "number" ? [{ score: cvss }] : Array.isArray(cvss) ? cvss : [cvss];
  const scored = all.filter((each) => typeof each.score === "number");
  const best = scored.toSorted((a, b) => (b.score ?? 0) - (a.score ?? 0))[0];
  if (best === undefined) return null;
  return `${(best.score ?? 0).toFixed(1)}${best.version ? ` (${best.version})` : ""}`;
}
