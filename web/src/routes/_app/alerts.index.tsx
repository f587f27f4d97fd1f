import { createFileRoute } from "@tanstack/react-router";
import { AlertsPage } from "@/features/alerts/alerts-page";
import { oneOf, textOf } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

const STATES = ["firing", "resolved", "all"] as const;
type Search = { state?: (typeof STATES)[number]; page?: string; alert?: string };

export const Route = createFileRoute("/_app/alerts/")({
  validateSearch: (search): Search => ({
    state: oneOf(search.state, STATES),
    page: textOf(search.page),
    alert: textOf(search.alert),
  }),
  component: function Alerts() {
    const { state, page, alert } = Route.useSearch();
    const navigate = Route.useNavigate();
    return (
      <AlertsPage
        // A link of a notice leads to what may be over by now.
        state={state ?? (alert ? "all" : "firing")}
        page={pageOf(page)}
        onState={(next) => void navigate({ search: { state: next === "firing" ? undefined : next } })}
        onPage={(next) => void navigate({ search: (now) => ({ ...now, page: `${next}` }) })}
      />
    );
  },
});
