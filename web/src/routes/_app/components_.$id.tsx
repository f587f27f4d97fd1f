import { createFileRoute } from "@tanstack/react-router";
import { ComponentPage } from "@/features/components/component-page";

export const Route = createFileRoute("/_app/components_/$id")({
  component: function Component() {
    return <ComponentPage id={Route.useParams().id} />;
  },
});
