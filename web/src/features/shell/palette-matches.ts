/** What the palette's words may mean to the server. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api } from "@/api/client";
import type { Asset, Finding, List, ListedComponent, SavedView, Vulnerability } from "@/api/types";

export function useMatches(text: string) {
  const words = text.trim();
  return useQuery({
    queryKey: ["palette", words],
    enabled: words.length >= 2,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const query = { q: /[":()]/.test(words) ? words : `"${words}"`, limit: 5 };
      const few = { ...query, limit: 3 };
      const [findings, assets, vulnerabilities, components] = await Promise.all([
        api.get<List<Finding>>("/findings", { query, signal }),
        api.get<List<Asset>>("/assets", { query: few, signal }).catch(() => null),
        api.get<List<Vulnerability>>("/vulnerabilities", { query: few, signal }).catch(() => null),
        api.get<List<ListedComponent>>("/components", { query: few, signal }).catch(() => null),
      ]);
      return {
        findings: findings.items,
        assets: assets?.items ?? [],
        vulnerabilities: vulnerabilities?.items ?? [],
        components: components?.items ?? [],
      };
    },
  });
}

/** Asked when the palette opens, as the list of findings asks for them. */
export function useViews(): SavedView[] {
  const { data } = useQuery({
    queryKey: ["views"],
    queryFn: ({ signal }) => api.get<List<SavedView>>("/findings/views", { query: { limit: 200 }, signal }),
    staleTime: 60_000,
  });
  return data?.items ?? [];
}
