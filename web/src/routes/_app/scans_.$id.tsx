import { createFileRoute } from "@tanstack/react-router";
import { Page } from "@/ui/page";

export const Route = createFileRoute("/_app/scans_/$id")({
  component: () => <Page title="Scan">{null}</Page>,
});
