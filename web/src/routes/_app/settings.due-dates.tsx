import { createFileRoute } from "@tanstack/react-router";
import { PoliciesSection } from "@/features/policies/policies-section";

export const Route = createFileRoute("/_app/settings/due-dates")({ component: PoliciesSection });
