import { createFileRoute } from "@tanstack/react-router";
import { Page } from "@/ui/page";

export const Route = createFileRoute("/_app/vulnerabilities")({
  component: () => <Page title="Vulnerabilities">{null}</Page>,
});
