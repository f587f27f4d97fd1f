import { createFileRoute } from "@tanstack/react-router";
import { BulkChangesPage } from "@/features/findings/bulk-changes-page";
import { textOf } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

export const Route = createFileRoute("/_app/findings_/changes")({
  validateSearch: (search): { page?: string } => ({ page: textOf(search.page) }),
  component: function Changes() {
    const navigate = Route.useNavigate();
    return (
      <BulkChangesPage
        page={pageOf(Route.useSearch().page)}
        onPage={(next) => void navigate({ search: { page: next > 1 ? `${next}` : undefined } })}
      />
    );
  },
});
