import { createFileRoute, redirect } from "@tanstack/react-router";
import { sessionQuery } from "@/api/session";
import { SignInPage } from "@/features/session/sign-in-page";
import { safePath, textOf } from "@/lib/url-state";

export const Route = createFileRoute("/sign-in")({
  validateSearch: (search): { next?: string } => ({ next: textOf(search.next) }),
  beforeLoad: async ({ context, search }) => {
    const session = await context.queryClient.ensureQueryData(sessionQuery).catch(() => null);
    if (session !== null) throw redirect({ href: safePath(search.next) });
  },
  component: function SignIn() {
    return <SignInPage next={safePath(Route.useSearch().next)} />;
  },
});
