import { createFileRoute } from "@tanstack/react-router";
import { MappingsSection } from "@/features/mappings/mappings-section";

export const Route = createFileRoute("/_app/settings/mappings")({ component: MappingsSection });
