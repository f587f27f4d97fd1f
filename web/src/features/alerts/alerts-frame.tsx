/** The pages of alerting and the way between them; each has its address. */
import { BellRing, Gauge, Megaphone, Phone, Send } from "lucide-react";
import type { ReactNode } from "react";
import { useSession } from "@/api/session";
import { Page } from "@/ui/page";
import { type SectionLink, WithSections } from "@/ui/section-nav";

const SECTIONS: SectionLink[] = [
  { to: "/alerts", label: "Alerts", icon: BellRing },
  { to: "/alerts/on-call", label: "On call", icon: Phone },
  { to: "/alerts/channels", label: "Channels", icon: Megaphone },
  { to: "/alerts/deliveries", label: "Deliveries", icon: Send },
  { to: "/alerts/rules", label: "Rules", icon: Gauge },
];

export function AlertsFrame({ children, action }: { children: ReactNode; action?: ReactNode }) {
  const { organization } = useSession();
  return (
    <Page
      title="Alerts"
      scope={<span className="truncate text-muted phone:hidden">{organization.name}</span>}
      action={action}
    >
      <WithSections label="Alerts" sections={SECTIONS} className="desk:grid-cols-[176px_minmax(0,1fr)]">
        {children}
      </WithSections>
    </Page>
  );
}
