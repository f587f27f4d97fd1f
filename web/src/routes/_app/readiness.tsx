import { createFileRoute } from "@tanstack/react-router";
import { ReadinessPage, SHOWN } from "@/features/readiness/readiness-page";
import { oneOf, textOf } from "@/lib/url-state";

export const Route = createFileRoute("/_app/readiness")({
  validateSearch: (search): { level?: string } => ({ level: textOf(search.level) }),
  component: function Readiness() {
    const navigate = Route.useNavigate();
    const shown = oneOf(Route.useSearch().level, SHOWN) ?? "all";
    return (
      <ReadinessPage
        shown={shown}
        onShown={(next) => void navigate({ search: { level: next === "all" ? undefined : next } })}
      />
    );
  },
});
