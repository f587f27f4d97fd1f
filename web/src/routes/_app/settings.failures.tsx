import { createFileRoute } from "@tanstack/react-router";
import { FailuresSection } from "@/features/settings/failures-section";

export const Route = createFileRoute("/_app/settings/failures")({ component: FailuresSection });
