/** Who is signed in and what they may do: asked once, shared by every page. */
import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";
import { api, setCsrfToken } from "@/api/client";
import { isProblem } from "@/api/problem";
import type { Health, Session, SignInOptions } from "@/api/types";

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      const session = await api.get<Session>("/auth/me", { signal });
      setCsrfToken(session.csrf_token);
      return session;
    } catch (error) {
      if (isProblem(error, 401)) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export const signInOptionsQuery = queryOptions({
  queryKey: ["sign-in-options"],
  queryFn: ({ signal }) => api.get<SignInOptions>("/auth/options", { signal }),
  staleTime: Number.POSITIVE_INFINITY,
  retry: false,
});

export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: async ({ signal }): Promise<Health> => {
    const response = await fetch("/health", { signal });
    return response.json();
  },
  staleTime: 60_000,
  retry: false,
});

/** Only inside the signed-in part, whose route has already refused everybody else. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  if (data === null) throw new Error("No session in the signed-in part");
  return data;
}

export function useMay(permission: string): boolean {
  const { permissions } = useSession();
  return permissions.includes("*") || permissions.includes(permission);
}
