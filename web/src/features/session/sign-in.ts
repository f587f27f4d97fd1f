/** What every way in does with its answer: keep the token, forget the stranger's cache, go on. */
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { setCsrfToken } from "@/api/client";
import type { SignedIn } from "@/api/types";

export function useEnter(): (signedIn: SignedIn, next: string) => Promise<void> {
  const queryClient = useQueryClient();
  const router = useRouter();
  return async (signedIn, next) => {
    queryClient.clear();
    setCsrfToken(signedIn.csrf_token);
    await router.invalidate();
    await router.navigate({ href: next, replace: true });
  };
}

/** The token behind the # of a link. It never reaches the server's log; it is taken out of the address at once. */
export function takeToken(): string | null {
  const token = new URLSearchParams(window.location.hash.slice(1)).get("token");
  return token === "" ? null : token;
}
