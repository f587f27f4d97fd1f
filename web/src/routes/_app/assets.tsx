import { createFileRoute } from "@tanstack/react-router";
import { AssetsPage } from "@/features/assets/assets-page";
import { textOf } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

type Search = { q?: string; page?: string };

export const Route = createFileRoute("/_app/assets")({
  validateSearch: (search): Search => ({ q: textOf(search.q), page: textOf(search.page) }),
  component: function Assets() {
    const { q = "", page } = Route.useSearch();
    const navigate = Route.useNavigate();
    return (
      <AssetsPage
        q={q}
        page={pageOf(page)}
        onFilter={(next) => void navigate({ search: { q: textOf(next) }, replace: true })}
        onPage={(next) => void navigate({ search: { q: textOf(q), page: next > 1 ? `${next}` : undefined } })}
        onOpen={(id) => void navigate({ to: "/assets/$id", params: { id } })}
      />
    );
  },
});
