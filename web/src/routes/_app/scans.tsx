import { createFileRoute } from "@tanstack/react-router";
import { FILTERS } from "@/features/scans/filters";
import { ScansPage } from "@/features/scans/scans-page";
import { oneOf, textOf } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

type Search = { state?: string; asset?: string; scanner?: string; page?: string };

export const Route = createFileRoute("/_app/scans")({
  validateSearch: (search): Search => ({
    state: textOf(search.state),
    asset: textOf(search.asset),
    scanner: textOf(search.scanner),
    page: textOf(search.page),
  }),
  component: function Scans() {
    const { state, asset, scanner, page } = Route.useSearch();
    const navigate = Route.useNavigate();
    const chosen = oneOf(
      state,
      FILTERS.map((filter) => filter.value),
    );
    return (
      <ScansPage
        state={{ state: chosen === "all" ? undefined : chosen, asset, scanner, page: pageOf(page) }}
        onState={(next) =>
          void navigate({
            search: { ...next, page: next.page > 1 ? String(next.page) : undefined },
          })
        }
      />
    );
  },
});
