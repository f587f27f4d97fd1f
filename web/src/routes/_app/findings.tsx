import { createFileRoute } from "@tanstack/react-router";
import { Page } from "@/ui/page";

export const Route = createFileRoute("/_app/findings")({
  component: () => <Page title="Findings">{null}</Page>,
});
