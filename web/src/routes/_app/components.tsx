import { createFileRoute } from "@tanstack/react-router";
import { ComponentsPage } from "@/features/components/components-page";
import { SORTS, type Sort, sortOf } from "@/features/components/queries";
import { textOf } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

type Search = { q?: string; sort?: string; page?: string };

const kept = (sort: Sort) => (sort === SORTS[0] ? undefined : sort);

export const Route = createFileRoute("/_app/components")({
  validateSearch: (search): Search => ({
    q: textOf(search.q),
    sort: textOf(search.sort),
    page: textOf(search.page),
  }),
  component: function Components() {
    const { q = "", sort: asked, page } = Route.useSearch();
    const sort = sortOf(asked);
    const navigate = Route.useNavigate();
    return (
      <ComponentsPage
        q={q}
        sort={sort}
        page={pageOf(page)}
        onFilter={(next) => void navigate({ search: { q: textOf(next), sort: kept(sort) }, replace: true })}
        onSort={(next) => void navigate({ search: { q: textOf(q), sort: kept(next) }, replace: true })}
        onPage={(next) =>
          void navigate({
            search: { q: textOf(q), sort: kept(sort), page: next > 1 ? `${next}` : undefined },
          })
        }
      />
    );
  },
});
