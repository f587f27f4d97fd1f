import { createFileRoute } from "@tanstack/react-router";
import { MappingPage } from "@/features/mappings/mapping-page";

export const Route = createFileRoute("/_app/settings_/mappings/$id")({
  component: function OneMapping() {
    const { id } = Route.useParams();
    return <MappingPage key={id} id={id} />;
  },
});
