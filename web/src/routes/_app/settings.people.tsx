import { createFileRoute } from "@tanstack/react-router";
import { PeopleSection } from "@/features/settings/people-section";
import { textOf } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

export const Route = createFileRoute("/_app/settings/people")({
  validateSearch: (search): { page?: string } => ({ page: textOf(search.page) }),
  component: function People() {
    const { page } = Route.useSearch();
    const navigate = Route.useNavigate();
    return (
      <PeopleSection
        page={pageOf(page)}
        onPage={(next) => void navigate({ search: { page: next > 1 ? `${next}` : undefined } })}
      />
    );
  },
});
