import { createFileRoute } from "@tanstack/react-router";
import { OverviewPage } from "@/features/overview/overview-page";
import { textOf } from "@/lib/url-state";

export const Route = createFileRoute("/_app/")({
  validateSearch: (search): { as_of?: string } => ({ as_of: textOf(search.as_of) }),
  component: function Overview() {
    const navigate = Route.useNavigate();
    return (
      <OverviewPage
        asOf={Route.useSearch().as_of}
        onAsOf={(asOf) => void navigate({ search: { as_of: asOf } })}
      />
    );
  },
});
