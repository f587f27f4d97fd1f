import { createFileRoute } from "@tanstack/react-router";
import { Page } from "@/ui/page";

export const Route = createFileRoute("/_app/settings")({
  component: () => <Page title="Settings">{null}</Page>,
});
