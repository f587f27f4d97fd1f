import { createFileRoute } from "@tanstack/react-router";
import { Page } from "@/ui/page";

export const Route = createFileRoute("/_app/readiness")({
  component: () => <Page title="Readiness">{null}</Page>,
});
