import { createFileRoute } from "@tanstack/react-router";
import { AssetsPage } from "@/features/assets/assets-page";
import { SORTS } from "@/features/assets/queries";
import { oneOf, textOf, unlessFirst } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

type Search = { q?: string; sort?: string; page?: string };

export const Route = createFileRoute("/_app/assets")({
  validateSearch: (search): Search => ({
    q: textOf(search.q),
    sort: textOf(search.sort),
    page: textOf(search.page),
  }),
  component: function Assets() {
    const { q = "", sort: asked, page } = Route.useSearch();
    const sort = oneOf(asked, SORTS) ?? SORTS[0];
    const navigate = Route.useNavigate();
    return (
      <AssetsPage
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
        onOpen={(id) => void navigate({ to: "/assets/$id", params: { id } })}
      />
    );
  },
});
