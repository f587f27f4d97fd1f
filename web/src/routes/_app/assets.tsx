import { createFileRoute } from "@tanstack/react-router";
import { AssetsPage } from "@/features/assets/assets-page";
import { SORTS, type Sort, sortOf } from "@/features/assets/queries";
import { textOf } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

type Search = { q?: string; sort?: string; page?: string };

const kept = (sort: Sort) => (sort === SORTS[0] ? undefined : sort);

export const Route = createFileRoute("/_app/assets")({
  validateSearch: (search): Search => ({
    q: textOf(search.q),
    sort: textOf(search.sort),
    page: textOf(search.page),
  }),
  component: function Assets() {
    const { q = "", sort: asked, page } = Route.useSearch();
    const sort = sortOf(asked);
    const navigate = Route.useNavigate();
    return (
      <AssetsPage
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
        onOpen={(id) => void navigate({ to: "/assets/$id", params: { id } })}
      />
    );
  },
});
