import { createFileRoute } from "@tanstack/react-router";
import { RunbookPage } from "@/features/alerts/runbook-page";

export const Route = createFileRoute("/_app/alerts/runbooks/$name")({
  component: function Runbook() {
    return <RunbookPage name={Route.useParams().name} />;
  },
});
