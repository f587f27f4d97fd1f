import { createFileRoute } from "@tanstack/react-router";
import { SessionsSection } from "@/features/settings/sessions-section";

export const Route = createFileRoute("/_app/settings/sessions")({ component: SessionsSection });
