/** What the pages of alerts ask the server, and what they change there. */
import { keepPreviousData, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { List, Member } from "@/api/types";
import { PAGE_SIZE } from "@/ui/pager";
import type {
  Alert,
  AlertRule,
  AlertSeverity,
  Channel,
  ChannelKind,
  Delivery,
  EscalationPolicy,
  Layer,
  MadeChannel,
  Notify,
  Override,
  QuietHours,
  Schedule,
  Timeline,
} from "./types";

const EVERY = 15_000;
const ROOT = "alerting";

export const alertsQuery = (
  state: "firing" | "resolved" | undefined,
  rule: string | undefined,
  page: number,
) =>
  queryOptions({
    queryKey: [ROOT, "alerts", state ?? "all", rule ?? "all", page],
    queryFn: ({ signal }) =>
      api.get<List<Alert>>("/alerts", {
        query: { state, rule, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE },
        signal,
      }),
    refetchInterval: EVERY,
    placeholderData: keepPreviousData,
  });

export const rulesQuery = queryOptions({
  queryKey: [ROOT, "rules"],
  queryFn: ({ signal }) => api.get<AlertRule[]>("/alert-rules", { signal }),
  refetchInterval: EVERY,
});

export const channelsQuery = queryOptions({
  queryKey: [ROOT, "channels"],
  queryFn: ({ signal }) =>
    api.get<List<Channel>>("/notification-channels", { query: { limit: 200 }, signal }),
});

export const deliveriesQuery = (state: string | undefined, page: number) =>
  queryOptions({
    queryKey: [ROOT, "deliveries", state ?? "all", page],
    queryFn: ({ signal }) =>
      api.get<List<Delivery>>("/notification-deliveries", {
        query: { state, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE },
        signal,
      }),
    refetchInterval: EVERY,
    placeholderData: keepPreviousData,
  });

export const schedulesQuery = queryOptions({
  queryKey: [ROOT, "schedules"],
  queryFn: ({ signal }) => api.get<List<Schedule>>("/on-call/schedules", { query: { limit: 200 }, signal }),
});

export const timelineQuery = (id: string, since: string, until: string) =>
  queryOptions({
    queryKey: [ROOT, "timeline", id, since, until],
    queryFn: ({ signal }) =>
      api.get<Timeline>(`/on-call/schedules/${id}/timeline`, { query: { since, until }, signal }),
  });

export const policiesQuery = queryOptions({
  queryKey: [ROOT, "policies"],
  queryFn: ({ signal }) =>
    api.get<List<EscalationPolicy>>("/escalation-policies", { query: { limit: 200 }, signal }),
});

export const peopleQuery = queryOptions({
  queryKey: [ROOT, "people"],
  queryFn: ({ signal }) => api.get<List<Member>>("/users", { query: { limit: 200 }, signal }),
});

export const runbookQuery = (name: string) =>
  queryOptions({
    queryKey: ["runbook", name],
    queryFn: ({ signal }) =>
      api.get<{ name: string; title: string; text: string }>(`/runbooks/${name}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** A mutation after which everything of alerting is asked again. */
function useAct<Given, Answer>(act: (given: Given) => Promise<Answer>) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [ROOT] }),
  });
}

export const useAlertAct = () =>
  useAct(({ id, act }: { id: string; act: "acknowledge" | "resolve" }) =>
    api.post<Alert>(`/alerts/${id}/${act}`),
  );

export const usePageTest = () =>
  useAct((userId: string) => api.post<Alert>("/alerts/page-tests", { user_id: userId }));

export type RuleChange = { name: string; threshold?: number | null; is_enabled?: boolean };

export const useChangeRule = () =>
  useAct(({ name, ...change }: RuleChange) => api.patch<void>(`/alert-rules/${name}`, change));

export type ChannelGiven = {
  name: string;
  kind: ChannelKind;
  configuration: Record<string, unknown>;
  secret: Record<string, unknown>;
  least_severity: AlertSeverity;
  rules: string[];
  quiet_hours: QuietHours | null;
};

export const useCreateChannel = () =>
  useAct((given: ChannelGiven) => api.post<MadeChannel>("/notification-channels", given));

export type ChannelChange = {
  is_enabled?: boolean;
  name?: string;
  least_severity?: AlertSeverity;
  rules?: string[];
  quiet_hours?: QuietHours | null;
};

export const useChangeChannel = () =>
  useAct(({ id, ...change }: { id: string } & ChannelChange) =>
    api.patch<Channel>(`/notification-channels/${id}`, change),
  );

export const useDeleteChannel = () => useAct((id: string) => api.delete(`/notification-channels/${id}`));

export const useTryChannel = () =>
  useAct((id: string) => api.post<{ id: string }>(`/notification-channels/${id}/trial`));

export const useReplay = () =>
  useAct((id: string) => api.post<Delivery>(`/notification-deliveries/${id}/replay`));

export type ScheduleGiven = { name: string; time_zone: string; layers: Layer[] };

export const useSaveSchedule = (id: string | undefined) =>
  useAct((given: ScheduleGiven) =>
    id === undefined
      ? api.post<Schedule>("/on-call/schedules", given)
      : api.put<Schedule>(`/on-call/schedules/${id}`, given),
  );

export const useDeleteSchedule = () => useAct((id: string) => api.delete(`/on-call/schedules/${id}`));

export type OverrideGiven = { user_id: string; starts_at: string; ends_at: string; reason: string | null };

export const overridesQuery = (scheduleId: string) =>
  queryOptions({
    queryKey: [ROOT, "overrides", scheduleId],
    queryFn: ({ signal }) => api.get<Override[]>(`/on-call/schedules/${scheduleId}/overrides`, { signal }),
  });

export const useRemoveOverride = () => useAct((id: string) => api.delete(`/on-call/overrides/${id}`));

export const useAddOverride = (scheduleId: string) =>
  useAct((given: OverrideGiven) => api.post<void>(`/on-call/schedules/${scheduleId}/overrides`, given));

export type PolicyGiven = {
  name: string;
  steps: { after_minutes: number; notify: Notify[] }[];
  repeats: number;
  least_severity: AlertSeverity;
  is_default: boolean;
};

export const useSavePolicy = (id: string | undefined) =>
  useAct((given: PolicyGiven) =>
    id === undefined
      ? api.post<EscalationPolicy>("/escalation-policies", given)
      : api.put<EscalationPolicy>(`/escalation-policies/${id}`, given),
  );

export const useDeletePolicy = () => useAct((id: string) => api.delete(`/escalation-policies/${id}`));
