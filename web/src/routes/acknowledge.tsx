import { createFileRoute } from "@tanstack/react-router";
import { AcknowledgePage } from "@/features/session/acknowledge-page";

export const Route = createFileRoute("/acknowledge")({ component: AcknowledgePage });
