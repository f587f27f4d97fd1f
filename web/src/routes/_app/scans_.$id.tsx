import { createFileRoute } from "@tanstack/react-router";
import { ScanPage } from "@/features/scans/scan-page";
import { textOf } from "@/lib/url-state";
import { pageOf } from "@/ui/pager";

export const Route = createFileRoute("/_app/scans_/$id")({
  validateSearch: (search): { page?: string } => ({ page: textOf(search.page) }),
  component: function OneScan() {
    const { id } = Route.useParams();
    const page = pageOf(Route.useSearch().page);
    const navigate = Route.useNavigate();
    return (
      <ScanPage
        id={id}
        page={page}
        onPage={(next) => void navigate({ search: { page: next > 1 ? String(next) : undefined } })}
      />
    );
  },
});
