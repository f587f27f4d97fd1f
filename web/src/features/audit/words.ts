/** The trail's own words, put so that a person reads them. */
import { capitalized } from "@/lib/format";

/** What things can be done to, as the first part of an action. */
export const FAMILIES = [
  "finding",
  "scan",
  "asset",
  "vulnerability",
  "file",
  "policy",
  "mapping",
  "user",
  "invitation",
  "session",
  "token",
  "service_account",
  "client_secret",
  "alert",
  "channel",
  "delivery",
  "schedule",
  "override",
  "escalation_policy",
  "readiness",
  "saved_view",
  "audit",
];

const PLURALS: Record<string, string> = {
  vulnerability: "Vulnerabilities",
  policy: "Due date policies",
  escalation_policy: "Escalation policies",
  delivery: "Deliveries",
  readiness: "Readiness",
  override: "On-call overrides",
  schedule: "On-call schedules",
  user: "People",
  audit: "The trail itself",
};

const spaced = (words: string) => words.replaceAll(/[._]/g, " ");

/** "escalation_policy." → "Escalation policies"; "finding.triaged" → "Finding triaged". */
export function actionWords(action: string): string {
  if (!action.endsWith(".")) return capitalized(spaced(action));
  const family = action.slice(0, -1);
  return PLURALS[family] ?? `${capitalized(spaced(family))}s`;
}

export const subjectWords = (type: string): string => capitalized(spaced(type));

export const BY_WORD = {
  user: null,
  token: "by token",
  service_account: "service account",
  system: "by itself",
} as const;

const IS_CHANGE = /(changed|triaged|assigned|renamed|tagged|enabled|disabled)$/;

/** One line of what an event says besides: its name, and what it was before when it is a change. */
export type Detail = { name: string; was?: string; is: string };

export function detailsOf(action: string, detail: Record<string, unknown>): Detail[] {
  return Object.entries(detail).map(([key, value]) => {
    const name = capitalized(spaced(key));
    if (IS_CHANGE.test(action) && Array.isArray(value) && value.length === 2)
      return { name, was: said(value[0]), is: said(value[1]) };
    return { name, is: said(value) };
  });
}

/** What an event is about, in a few words: the file, the name, the state and the one before. Nothing where only its id tells. */
export function gistOf({ detail }: { detail: Record<string, unknown> }): string | null {
  const { from, to, reason } = detail;
  if (typeof from === "string" && typeof to === "string")
    return [`${spaced(from)} → ${spaced(to)}`, ...(typeof reason === "string" ? [reason] : [])].join(" · ");
  const named = [detail.file_name, detail.name, detail.email, detail.address];
  return named.find((each): each is string => typeof each === "string" && each !== "") ?? null;
}

function said(value: unknown): string {
  if (value === null || value === undefined || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value) && value.every((each) => typeof each !== "object"))
    return value.length === 0 ? "nothing" : value.join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
