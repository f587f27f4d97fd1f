import { createFileRoute } from "@tanstack/react-router";
import { SettingsSection } from "@/features/settings/settings-section";
import { textOf } from "@/lib/url-state";

export const Route = createFileRoute("/_app/settings/$section")({
  validateSearch: (search): { page?: string } => ({ page: textOf(search.page) }),
  component: function Section() {
    const navigate = Route.useNavigate();
    return (
      <SettingsSection
        section={Route.useParams().section}
        page={Route.useSearch().page}
        onPage={(next) => void navigate({ search: { page: next > 1 ? `${next}` : undefined } })}
      />
    );
  },
});
