/** What the vulnerability pages ask the server. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Finding, List, Vulnerability, VulnerabilityDetail } from "@/api/types";
import { PAGE_SIZE } from "@/ui/pager";

export const vulnerabilitiesQuery = (q: string, page: number) =>
  queryOptions({
    queryKey: ["vulnerabilities", "list", q, page],
    queryFn: ({ signal }) =>
      api.get<List<Vulnerability>>("/vulnerabilities", {
        query: { q, limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE },
        signal,
      }),
    placeholderData: keepPreviousData,
  });

export const vulnerabilityQuery = (id: string) =>
  queryOptions({
    queryKey: ["vulnerabilities", "one", id],
    queryFn: ({ signal }) => api.get<VulnerabilityDetail>(`/vulnerabilities/${id}`, { signal }),
  });

/** Its open findings, for the packages that they speak of: the most urgent ones, which is nearly always all. */
export const affectedQuery = (id: string) =>
  queryOptions({
    queryKey: ["vulnerabilities", "one", id, "affected"],
    queryFn: ({ signal }) =>
      api.get<List<Finding>>("/findings", {
        query: { q: `vulnerability:${id} is:open`, limit: 200 },
        signal,
      }),
  });
