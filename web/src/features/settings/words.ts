/** The settings' words for roles, rights and browsers. */
import type { Role } from "@/api/types";

export const ROLES: readonly Role[] = ["admin", "member", "viewer"];

export const ROLE_WORD: Record<Role, string> = {
  admin: "Administrator",
  member: "Member",
  viewer: "Viewer",
};

export const ROLE_NOTE: Record<Role, string> = {
  admin: "Everything, with people, audit and readiness.",
  member: "Reads and decides on findings, sends reports, keeps assets.",
  viewer: "Reads findings, scans and assets.",
};

const PERMISSION_WORD: Record<string, string> = {
  "*": "Everything that you may do",
  "findings:read": "Read findings",
  "findings:write": "Decide on findings",
  "scans:read": "Read scans",
  "scans:write": "Send reports",
  "formats:write": "Describe report formats",
  "assets:read": "Read assets",
  "assets:write": "Make and change assets",
  "users:read": "Read people",
  "users:write": "Change people",
  "policies:write": "Change due dates",
  "audit:read": "Read the audit trail",
  "jobs:read": "Read jobs",
  "jobs:write": "Cancel and retry jobs",
  "alerts:read": "Read alerts",
  "alerts:write": "Acknowledge alerts, swap shifts",
  "alerting:write": "Change channels, rules and rotations",
  "readiness:read": "Read readiness",
  "tokens:write": "Make tokens",
  "organization:write": "Change the organization",
};

export function permissionName(permission: string): string {
  return PERMISSION_WORD[permission] ?? permission;
}

const BROWSERS: [RegExp, string][] = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux|X11/, "Linux"],
];

const firstMatch = (names: [RegExp, string][], text: string) =>
  names.find(([pattern]) => pattern.test(text))?.[1];

/** "Chrome on Linux"; a program names itself by its first word. */
export function describeAgent(agent: string | null): string {
  if (agent === null || agent === "") return "Unknown browser";
  const browser = firstMatch(BROWSERS, agent);
  const system = firstMatch(SYSTEMS, agent);
  if (browser === undefined) return agent.split(/[\s/]/)[0] ?? agent;
  return system === undefined ? browser : `${browser} on ${system}`;
}
