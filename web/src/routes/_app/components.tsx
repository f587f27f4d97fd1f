import { createFileRoute } from "@tanstack/react-router";
import { ComponentsPage } from "@/features/components/components-page";
import { SORTS } from "@/features/components/queries";
import { oneOf, textOf, unlessFirst } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

type Search = { q?: string; sort?: string; page?: string };

export const Route = createFileRoute("/_app/components")({
  validateSearch: (search): Search => ({
    q: textOf(search.q),
    sort: textOf(search.sort),
    page: textOf(search.page),
  }),
  component: function Components() {
    const { q = "", sort: asked, page } = Route.useSearch();
    const sort = oneOf(asked, SORTS) ?? SORTS[0];
    const navigate = Route.useNavigate();
    return (
      <ComponentsPage
        q={q}
        sort={sort}
        page={pageOf(page)}
        onFilter={(next) =>
          void navigate({ search: { q: textOf(next), sort: unlessFirst(sort, SORTS) }, replace: true })
        }
        onSort={(next) =>
          void navigate({ search: { q: textOf(q), sort: unlessFirst(next, SORTS) }, replace: true })
        }
        onPage={(next) =>
          void navigate({
            search: { q: textOf(q), sort: unlessFirst(sort, SORTS), page: next > 1 ? `${next}` : undefined },
          })
        }
      />
    );
  },
});
