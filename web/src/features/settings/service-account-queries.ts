/** What is asked of service accounts, and changed. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { List, Role, ServiceAccount } from "@/api/types";
import { PAGE_SIZE } from "@/ui/pager";
import { useListChange } from "./queries";

const KEY = ["service-accounts"];

export const serviceAccountsQuery = (page: number) =>
  queryOptions({
    queryKey: [...KEY, page],
    queryFn: ({ signal }) =>
      api.get<List<ServiceAccount>>("/service-accounts", {
        query: { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

/** The secret is in this answer and nowhere else. */
export type MadeSecret = { client_id: string; client_secret: string };
export type AccountGiven = { name: string; role: Role; scopes: string[] };

export const useCreateAccount = () =>
  useListChange(KEY, (given: AccountGiven) => api.post<MadeSecret>("/service-accounts", given));

export const useChangeAccount = () =>
  useListChange(KEY, ({ id, ...change }: { id: string; is_disabled?: boolean } & Partial<AccountGiven>) =>
    api.patch<ServiceAccount>(`/service-accounts/${id}`, change),
  );

export const useDeleteAccount = () =>
  useListChange(KEY, (id: string) => api.delete(`/service-accounts/${id}`));

export const useAddSecret = () =>
  useListChange(KEY, (id: string) => api.post<MadeSecret>(`/service-accounts/${id}/secrets`));

export const useRevokeSecret = () =>
  useListChange(KEY, ({ account, secret }: { account: string; secret: string }) =>
    api.delete(`/service-accounts/${account}/secrets/${secret}`),
  );
