/** What the settings ask the server, and what they change there. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import { sessionQuery } from "@/api/session";
import type {
  ApiToken,
  BrowserSession,
  FailedJob,
  List,
  Member,
  NewApiToken,
  PendingInvitation,
  QuarantinedFile,
  Role,
  Session,
} from "@/api/types";
import { PAGE_SIZE } from "@/ui/pager";

export const browserSessionsQuery = queryOptions({
  queryKey: ["browser-sessions"],
  queryFn: ({ signal }) => api.get<{ items: BrowserSession[] }>("/auth/sessions", { signal }),
});

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => api.get<List<ApiToken>>("/tokens", { query: { limit: 200 }, signal }),
});

export const membersQuery = (page: number) =>
  queryOptions({
    queryKey: ["users", page],
    queryFn: ({ signal }) =>
      api.get<List<Member>>("/users", {
        query: { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: ({ signal }) =>
    api.get<List<PendingInvitation>>("/invitations", { query: { limit: 200 }, signal }),
});

/** A mutation after which one list is asked again. */
export function useListChange<Given, Answer>(
  queryKey: readonly unknown[],
  act: (given: Given) => Promise<Answer>,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => queryClient.invalidateQueries({ queryKey }),
  });
}

export function useRename() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => api.patch<Session>("/auth/me", { name }),
    onSuccess: ({ user }) => {
      queryClient.setQueryData(sessionQuery.queryKey, (session) => session && { ...session, user });
      void queryClient.invalidateQueries({ queryKey: ["users"] });
    },
  });
}

export type PasswordChange = { current_password?: string; new_password: string };

/** The server ends every other session of the account with it. */
export const useChangePassword = () =>
  useListChange(browserSessionsQuery.queryKey, (given: PasswordChange) =>
    api.post<void>("/auth/password", given),
  );

export const useEndSessions = () =>
  useListChange(browserSessionsQuery.queryKey, async (ids: string[]) => {
    for (const id of ids) await api.delete(`/auth/sessions/${id}`);
  });

export type TokenRequest = { name: string; scopes: string[]; expires_at: string };

export const useCreateToken = () =>
  useListChange(tokensQuery.queryKey, (given: TokenRequest) => api.post<NewApiToken>("/tokens", given));

export const useRevokeToken = () =>
  useListChange(tokensQuery.queryKey, (id: string) => api.delete(`/tokens/${id}`));

export type MemberChange = { id: string; role?: Role; is_disabled?: boolean };

export const useChangeMember = () =>
  useListChange(["users"], ({ id, ...change }: MemberChange) => api.patch<Member>(`/users/${id}`, change));

export const useInvite = () =>
  useListChange(invitationsQuery.queryKey, (given: { email: string; role: Role }) =>
    api.post<PendingInvitation>("/invitations", given),
  );

export const useWithdraw = () =>
  useListChange(invitationsQuery.queryKey, (id: string) => api.delete(`/invitations/${id}`));

export const failedJobsQuery = queryOptions({
  queryKey: ["jobs", "failed"],
  queryFn: ({ signal }) =>
    api.get<List<FailedJob>>("/jobs", { query: { state: "failed", limit: PAGE_SIZE }, signal }),
});

export const quarantineQuery = queryOptions({
  queryKey: ["quarantine"],
  queryFn: ({ signal }) =>
    api.get<List<QuarantinedFile>>("/quarantine", { query: { limit: PAGE_SIZE }, signal }),
});

/** One job, or all that failed. */
export function useRetryJobs() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (job: FailedJob | null) =>
      job ? api.post(`/jobs/${job.id}/retry`) : api.post("/jobs/retry", {}),
    onSettled: () => client.invalidateQueries({ queryKey: failedJobsQuery.queryKey }),
  });
}

export function useDeleteQuarantined() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.delete(`/quarantine/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: quarantineQuery.queryKey }),
  });
}
