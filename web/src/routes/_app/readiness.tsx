import { createFileRoute } from "@tanstack/react-router";
import { LEVELS } from "@/features/readiness/levels";
import { ReadinessPage } from "@/features/readiness/readiness-page";
import { oneOf, textOf } from "@/lib/url-state";

type Search = { level?: (typeof LEVELS)[number]; show?: string };

export const Route = createFileRoute("/_app/readiness")({
  validateSearch: (search): Search => ({ level: oneOf(search.level, LEVELS), show: textOf(search.show) }),
  component: function Readiness() {
    const { level = "all", show = "" } = Route.useSearch();
    const navigate = Route.useNavigate();
    const go = (change: Search) =>
      void navigate({ search: (now: Search) => ({ ...now, ...change }), replace: true });
    return (
      <ReadinessPage
        level={level}
        unfolded={show.split(",").filter(Boolean)}
        onLevel={(next) => go({ level: next === "all" ? undefined : next })}
        onUnfold={(groups) => go({ show: textOf(groups.join(",")) })}
      />
    );
  },
});
