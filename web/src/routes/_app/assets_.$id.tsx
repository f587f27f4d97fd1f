import { createFileRoute } from "@tanstack/react-router";
import { AssetPage } from "@/features/assets/asset-page";

export const Route = createFileRoute("/_app/assets_/$id")({
  component: function Asset() {
    const navigate = Route.useNavigate();
    return (
      <AssetPage id={Route.useParams().id} onGone={() => void navigate({ to: "/assets", replace: true })} />
    );
  },
});
