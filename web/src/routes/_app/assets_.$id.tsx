import { createFileRoute } from "@tanstack/react-router";
import { Page } from "@/ui/page";

export const Route = createFileRoute("/_app/assets_/$id")({
  component: () => <Page title="Asset">{null}</Page>,
});
