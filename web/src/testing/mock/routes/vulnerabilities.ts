/** The mock's vulnerabilities, counted from its findings. */
import { select } from "@/testing/mock/query";
import { found, page, type Route } from "@/testing/mock/route";
import { vulnerabilities } from "@/testing/mock/views";

export const VULNERABILITY_ROUTES: Route[] = [
  [
    "GET",
    /^\/vulnerabilities$/,
    ({ memory, url }) => page(vulnerabilities(memory, url.searchParams.get("q") ?? ""), url),
  ],
  [
    "GET",
    /^\/vulnerabilities\/([^/]+)$/,
    ({ memory, params }) => {
      const one = found(vulnerabilities(memory, ""), params[0]);
      const counts = new Map<string, { id: string; name: string; open_findings: number }>();
      for (const finding of select(memory.findings, `vulnerability:${one.id} is:open`)) {
        const entry = counts.get(finding.asset.id) ?? { ...finding.asset, open_findings: 0 };
        counts.set(finding.asset.id, { ...entry, open_findings: entry.open_findings + 1 });
      }
      return {
        ...one,
        description: "A crafted input is evaluated where it should only be logged.",
        references: one.identifiers.map((id) => `https://nvd.nist.gov/vuln/detail/${id}`),
        assets: [...counts.values()],
      };
    },
  ],
];
