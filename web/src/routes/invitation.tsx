import { createFileRoute } from "@tanstack/react-router";
import { InvitationPage } from "@/features/session/invitation-page";

export const Route = createFileRoute("/invitation")({ component: InvitationPage });
