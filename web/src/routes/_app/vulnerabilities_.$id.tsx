import { createFileRoute } from "@tanstack/react-router";
import { Page } from "@/ui/page";

export const Route = createFileRoute("/_app/vulnerabilities_/$id")({
  component: () => <Page title="Vulnerability">{null}</Page>,
});
