import { createFileRoute } from "@tanstack/react-router";
import { LEVELS } from "@/features/logs/levels";
import { LogsPage } from "@/features/logs/logs-page";
import { oneOf, textOf } from "@/lib/url-state";

type Search = { level?: (typeof LEVELS)[number]; contains?: string };

export const Route = createFileRoute("/_app/logs")({
  validateSearch: (search): Search => ({
    level: oneOf(search.level, LEVELS),
    contains: textOf(search.contains),
  }),
  component: function Logs() {
    const { level = "debug", contains = "" } = Route.useSearch();
    const navigate = Route.useNavigate();
    const go = (change: Search) =>
      void navigate({ search: (now: Search) => ({ ...now, ...change }), replace: true });
    return (
      <LogsPage
        level={level}
        contains={contains}
        onLevel={(next) => go({ level: next === "debug" ? undefined : next })}
        onContains={(text) => go({ contains: textOf(text) })}
      />
    );
  },
});
