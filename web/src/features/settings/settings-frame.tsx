/** The settings' own navigation, beside the section that is open; each section has its address. */
import { Link } from "@tanstack/react-router";
import {
  FileCode2,
  KeyRound,
  type LucideIcon,
  MonitorSmartphone,
  Palette,
  TriangleAlert,
  UserRound,
  UsersRound,
} from "lucide-react";
import type { ReactNode } from "react";
import { useMay, useSession } from "@/api/session";
import { Page } from "@/ui/page";

type Section = { to: string; label: string; icon: LucideIcon; permission?: "users:read" | "jobs:read" };

const SECTIONS: Section[] = [
  { to: "/settings", label: "Profile", icon: UserRound },
  { to: "/settings/appearance", label: "Appearance", icon: Palette },
  { to: "/settings/sessions", label: "Sessions", icon: MonitorSmartphone },
  { to: "/settings/tokens", label: "API tokens", icon: KeyRound },
  { to: "/settings/mappings", label: "Report mappings", icon: FileCode2 },
  { to: "/settings/failures", label: "Failures", icon: TriangleAlert, permission: "jobs:read" },
  { to: "/settings/people", label: "People", icon: UsersRound, permission: "users:read" },
];

export function SettingsFrame({ children }: { children: ReactNode }) {
  const { organization } = useSession();
  const may = { "users:read": useMay("users:read"), "jobs:read": useMay("jobs:read") };
  return (
    <Page title="Settings" scope={<span className="truncate text-muted">{organization.name}</span>}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 desk:grid-cols-[176px_minmax(0,900px)] desk:gap-6">
        <nav
          aria-label="Settings"
          className="flex gap-1 overflow-x-auto scroll-quiet desk:sticky desk:top-0 desk:flex-col desk:self-start phone:-mx-3 phone:px-3"
        >
          {SECTIONS.filter((section) => section.permission === undefined || may[section.permission]).map(
            (section) => (
              <Link
                key={section.to}
                to={section.to}
                activeOptions={{ exact: true }}
                ref={(link) => {
                  // On a phone the row of sections is wider than the screen.
                  if (link?.getAttribute("aria-current") === "page")
                    link.scrollIntoView?.({ inline: "nearest", block: "nearest" });
                }}
                className="focus-inset flex h-8 shrink-0 items-center gap-2 rounded-md px-2.5 font-medium whitespace-nowrap text-muted phone:px-2 phone:[&_svg]:hidden hover:bg-hover hover:text-strong aria-[current=page]:bg-active aria-[current=page]:text-strong coarse:h-11 aria-[current=page]:[&_svg]:text-accent"
              >
                <section.icon size={16} strokeWidth={1.75} aria-hidden="true" />
                {section.label}
              </Link>
            ),
          )}
        </nav>
        <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-3">{children}</div>
      </div>
    </Page>
  );
}
