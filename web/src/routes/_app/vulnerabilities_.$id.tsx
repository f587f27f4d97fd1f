import { createFileRoute } from "@tanstack/react-router";
import { VulnerabilityPage } from "@/features/vulnerabilities/vulnerability-page";

export const Route = createFileRoute("/_app/vulnerabilities_/$id")({
  component: function Vulnerability() {
    return <VulnerabilityPage id={Route.useParams().id} />;
  },
});
