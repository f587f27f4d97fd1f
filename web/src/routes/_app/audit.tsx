import { createFileRoute } from "@tanstack/react-router";
import { AuditPage } from "@/features/audit/audit-page";
import { textOf } from "@/lib/url-state";

const KEYS = ["who", "what", "subject", "since", "until", "after"] as const;
type Search = Partial<Record<(typeof KEYS)[number], string>>;

export const Route = createFileRoute("/_app/audit")({
  validateSearch: (search): Search => Object.fromEntries(KEYS.map((key) => [key, textOf(search[key])])),
  component: function Audit() {
    const navigate = Route.useNavigate();
    return (
      <AuditPage
        state={Route.useSearch()}
        onFilter={(change) =>
          void navigate({
            search: (now: Search) => {
              const then: Search = { ...now, ...change, after: undefined };
              return Object.fromEntries(KEYS.map((key) => [key, textOf(then[key])]));
            },
          })
        }
        onAfter={(after) => void navigate({ search: (now: Search) => ({ ...now, after }) })}
      />
    );
  },
});
