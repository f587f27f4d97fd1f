import { createFileRoute } from "@tanstack/react-router";
import { TokensSection } from "@/features/settings/tokens-section";

export const Route = createFileRoute("/_app/settings/tokens")({ component: TokensSection });
