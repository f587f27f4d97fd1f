import { createFileRoute } from "@tanstack/react-router";
import { FindingPage } from "@/features/findings/finding-page";

export const Route = createFileRoute("/_app/findings_/$id")({
  component: function Finding() {
    return <FindingPage id={Route.useParams().id} />;
  },
});
