/** The page of one section: they share a route, so that the first page of the product does not carry five. */
import { Link } from "@tanstack/react-router";
import { oneOf } from "@/lib/url-state";
import { buttonStyle } from "@/ui/button";
import { pageOf } from "@/ui/pager";
import { EmptyState } from "@/ui/state";
import { AlertsFrame } from "./alerts-frame";
import { AlertsPage } from "./alerts-page";
import { ChannelsPage } from "./channels-page";
import { DeliveriesPage } from "./deliveries-page";
import { OnCallPage } from "./on-call-page";
import { RulesPage } from "./rules-page";

const ALERT_STATES = ["firing", "resolved", "all"] as const;
const STATES = ["waiting", "delivered", "dead", "dropped"] as const;
type Search = { state?: string; rule?: string; page?: string };
type Props = { section: string; search: Search; onSearch: (search: Search) => void };

export function AlertsSection({ section, search, onSearch }: Props) {
  if (section === "alerts")
    return (
      <AlertsPage
        state={oneOf(search.state, ALERT_STATES) ?? "firing"}
        page={pageOf(search.page)}
        rule={search.rule}
        onState={(next) => onSearch({ rule: search.rule, state: next === "firing" ? undefined : next })}
        onRule={(next) => onSearch({ state: search.state, rule: next })}
        onPage={(next) => onSearch({ ...search, page: `${next}` })}
      />
    );
  if (section === "channels") return <ChannelsPage />;
  if (section === "rules") return <RulesPage />;
  if (section === "on-call") return <OnCallPage />;
  if (section === "deliveries")
    return (
      <DeliveriesPage
        state={oneOf(search.state, STATES) ?? "all"}
        page={pageOf(search.page)}
        onState={(next) => onSearch({ state: next === "all" ? undefined : next })}
        onPage={(next) => onSearch({ ...search, page: `${next}` })}
      />
    );
  return (
    <AlertsFrame>
      <EmptyState
        title="There is no such page"
        action={
          <Link to="/alerts" className={buttonStyle({})}>
            See the alerts
          </Link>
        }
      />
    </AlertsFrame>
  );
}
