/** The pages of alerting and the way between them; each has its address. */
import { Link } from "@tanstack/react-router";
import { BellRing, Gauge, type LucideIcon, Megaphone, Phone, Send } from "lucide-react";
import type { ReactNode } from "react";
import { useSession } from "@/api/session";
import { Page } from "@/ui/page";

const SECTIONS: { to: string; label: string; icon: LucideIcon }[] = [
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
      scope={<span className="truncate text-muted">{organization.name}</span>}
      action={action}
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 desk:grid-cols-[152px_minmax(0,1120px)] desk:gap-6">
        <nav
          aria-label="Alerts"
          className="flex gap-1 overflow-x-auto scroll-quiet desk:sticky desk:top-0 desk:flex-col desk:self-start phone:-mx-3 phone:px-3"
        >
          {SECTIONS.map((section) => (
            <Link
              key={section.to}
              to={section.to}
              activeOptions={{ exact: true }}
              className="focus-inset flex h-8 shrink-0 items-center gap-2 rounded-md px-2.5 font-medium whitespace-nowrap text-muted phone:px-2 phone:[&_svg]:hidden hover:bg-hover hover:text-strong aria-[current=page]:bg-active aria-[current=page]:text-strong coarse:h-11 aria-[current=page]:[&_svg]:text-accent"
            >
              <section.icon size={16} strokeWidth={1.75} aria-hidden="true" />
              {section.label}
            </Link>
          ))}
        </nav>
        <div className="grid grid-cols-[minmax(0,1fr)] content-start gap-3">{children}</div>
      </div>
    </Page>
  );
}
