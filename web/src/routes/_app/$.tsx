import { createFileRoute } from "@tanstack/react-router";
import { NotFoundPage } from "@/ui/not-found";

/** Whatever no other route has. */
export const Route = createFileRoute("/_app/$")({ component: NotFoundPage });
