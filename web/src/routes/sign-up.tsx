import { createFileRoute } from "@tanstack/react-router";
import { SignUpPage } from "@/features/session/sign-up-page";

export const Route = createFileRoute("/sign-up")({ component: () => <SignUpPage /> });
