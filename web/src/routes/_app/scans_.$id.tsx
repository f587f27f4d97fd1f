import { createFileRoute } from "@tanstack/react-router";
import type { ChangeKind } from "@/api/types";
import { CHANGES } from "@/features/scans/change-kinds";
import { ScanPage } from "@/features/scans/scan-page";
import { VIEWS, type View } from "@/features/scans/views";
import { oneOf, textOf } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

export const Route = createFileRoute("/_app/scans_/$id")({
  validateSearch: (search): { page?: string; change?: ChangeKind; view?: View } => ({
    page: textOf(search.page),
    change: oneOf(search.change, CHANGES),
    view: oneOf(search.view, VIEWS),
  }),
  component: function OneScan() {
    const { id } = Route.useParams();
    const { page, change, view } = Route.useSearch();
    const navigate = Route.useNavigate();
    return (
      <ScanPage
        id={id}
        page={pageOf(page)}
        change={change}
        view={view}
        onView={(next) => void navigate({ search: { view: next } })}
        onPage={(next) =>
          void navigate({ search: (now) => ({ ...now, page: next > 1 ? String(next) : undefined }) })
        }
        onChange={(next) => void navigate({ search: { change: next, view } })}
      />
    );
  },
});
