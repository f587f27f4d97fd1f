import { createFileRoute } from "@tanstack/react-router";
import { LinkPage } from "@/features/session/link-page";

export const Route = createFileRoute("/sign-in_/link")({ component: LinkPage });
