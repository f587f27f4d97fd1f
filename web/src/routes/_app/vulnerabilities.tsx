import { createFileRoute } from "@tanstack/react-router";
import { VulnerabilitiesPage } from "@/features/vulnerabilities/vulnerabilities-page";
import { textOf } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

type Search = { q?: string; page?: string };

export const Route = createFileRoute("/_app/vulnerabilities")({
  validateSearch: (search): Search => ({ q: textOf(search.q), page: textOf(search.page) }),
  component: function Vulnerabilities() {
    const { q = "", page } = Route.useSearch();
    const navigate = Route.useNavigate();
    return (
      <VulnerabilitiesPage
        q={q}
        page={pageOf(page)}
        onFilter={(next) => void navigate({ search: { q: textOf(next) }, replace: true })}
        onPage={(next) => void navigate({ search: { q: textOf(q), page: next > 1 ? `${next}` : undefined } })}
      />
    );
  },
});
