import { createFileRoute } from "@tanstack/react-router";
import { AlertsSection } from "@/features/alerts/alerts-section";
import { textOf } from "@/lib/url-state";

export const Route = createFileRoute("/_app/alerts/$section")({
  validateSearch: (search): { state?: string; rule?: string; page?: string } => ({
    state: textOf(search.state),
    rule: textOf(search.rule),
    page: textOf(search.page),
  }),
  component: function Section() {
    const navigate = Route.useNavigate();
    return (
      <AlertsSection
        section={Route.useParams().section}
        search={Route.useSearch()}
        onSearch={(search) => void navigate({ search })}
      />
    );
  },
});
