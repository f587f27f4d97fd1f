/** The settings' own navigation, beside the section that is open; each section has its address. */
import {
  Bot,
  CalendarClock,
  FileCode2,
  KeyRound,
  MonitorSmartphone,
  Palette,
  TriangleAlert,
  UserRound,
  UsersRound,
} from "lucide-react";
import type { ReactNode } from "react";
import { useMay, useSession } from "@/api/session";
import { Page } from "@/ui/page";
import { type SectionLink, WithSections } from "@/ui/section-nav";

type Section = SectionLink & { permission?: "users:read" | "jobs:read" };

const SECTIONS: Section[] = [
  { to: "/settings", label: "Profile", icon: UserRound },
  { to: "/settings/appearance", label: "Appearance", icon: Palette },
  { to: "/settings/sessions", label: "Sessions", icon: MonitorSmartphone },
  { to: "/settings/tokens", label: "API tokens", icon: KeyRound },
  { to: "/settings/service-accounts", label: "Service accounts", icon: Bot, permission: "users:read" },
  { to: "/settings/due-dates", label: "Due dates", icon: CalendarClock },
  { to: "/settings/mappings", label: "Report mappings", icon: FileCode2 },
  { to: "/settings/failures", label: "Failures", icon: TriangleAlert, permission: "jobs:read" },
  { to: "/settings/people", label: "People", icon: UsersRound, permission: "users:read" },
];

export function SettingsFrame({ children }: { children: ReactNode }) {
  const { organization } = useSession();
  const may = { "users:read": useMay("users:read"), "jobs:read": useMay("jobs:read") };
  return (
    <Page
      title="Settings"
      scope={<span className="truncate text-muted phone:hidden">{organization.name}</span>}
    >
      <WithSections
        label="Settings"
        sections={SECTIONS.filter(({ permission }) => permission === undefined || may[permission])}
        className="desk:grid-cols-[176px_minmax(0,900px)]"
      >
        {children}
      </WithSections>
    </Page>
  );
}
