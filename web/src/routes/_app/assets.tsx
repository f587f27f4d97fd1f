import { createFileRoute } from "@tanstack/react-router";
import { Page } from "@/ui/page";

export const Route = createFileRoute("/_app/assets")({
  component: () => <Page title="Assets">{null}</Page>,
});
