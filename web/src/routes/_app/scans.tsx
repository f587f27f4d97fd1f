import { createFileRoute } from "@tanstack/react-router";
import { Page } from "@/ui/page";

export const Route = createFileRoute("/_app/scans")({
  component: () => <Page title="Scans">{null}</Page>,
});
