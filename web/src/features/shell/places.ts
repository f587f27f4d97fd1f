/** The places of the product: rail, bottom bar, palette and g-sequences all read this list. */
import {
  Bell,
  Boxes,
  Bug,
  FileClock,
  Gauge,
  type LucideIcon,
  Package,
  ScanLine,
  ScrollText,
  Settings,
  ShieldAlert,
  ShieldCheck,
} from "lucide-react";

export type Place = { to: string; label: string; icon: LucideIcon; key: string; permission?: string };

export const MAIN_PLACES: Place[] = [
  { to: "/", label: "Overview", icon: Gauge, key: "o" },
  { to: "/findings", label: "Findings", icon: Bug, key: "f" },
  { to: "/vulnerabilities", label: "Vulnerabilities", icon: ShieldAlert, key: "v" },
  { to: "/components", label: "Components", icon: Package, key: "c" },
  { to: "/assets", label: "Assets", icon: Boxes, key: "a" },
  { to: "/scans", label: "Scans", icon: ScanLine, key: "s" },
];

export const FOOT_PLACES: Place[] = [
  { to: "/alerts", label: "Alerts", icon: Bell, key: "e", permission: "alerts:read" },
  { to: "/readiness", label: "Readiness", icon: ShieldCheck, key: "r", permission: "readiness:read" },
  { to: "/audit", label: "Audit", icon: FileClock, key: "t", permission: "audit:read" },
  { to: "/logs", label: "Logs", icon: ScrollText, key: "l", permission: "readiness:read" },
  { to: "/settings", label: "Settings", icon: Settings, key: "," },
];

/** A place is on for itself and for what lies below it; the overview only for itself. */
export function isAt(place: Place, path: string): boolean {
  return place.to === "/" ? path === "/" : path === place.to || path.startsWith(`${place.to}/`);
}

/** Whether a place is offered: as an icon, as a command and as a key alike. */
export const mayGoTo =
  (permissions: readonly string[]) =>
  ({ permission }: Place): boolean =>
    permission === undefined || permissions.includes(permission);
