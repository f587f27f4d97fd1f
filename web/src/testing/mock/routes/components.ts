/** The mock's components, counted from its findings. */
import type { BySeverity, ComponentDetail, Finding, ListedComponent } from "@/api/types";
import { formatToken, parseFilter } from "@/lib/filter-query";
import { SEVERITIES } from "@/lib/words";
import type { Memory } from "@/testing/mock/data";
import { componentIdOf, select } from "@/testing/mock/query";
import { found, page, type Route } from "@/testing/mock/route";

const isOpen = (finding: Finding) => select([finding], "is:open").length > 0;

function counted(id: string, findings: Finding[]): ListedComponent | null {
  const [component] = findings[0]?.components ?? [];
  if (!component) return null;
  const open = findings.filter(isOpen);
  const severities: BySeverity = {};
  for (const { severity } of open) severities[severity] = (severities[severity] ?? 0) + 1;
  const assets = [...new Map(findings.map(({ asset }) => [asset.id, asset])).values()];
  const flaws = open.flatMap(({ vulnerability }) => (vulnerability ? [vulnerability] : []));
  const fixable = open.filter(({ components }) => components[0]?.fixed_versions?.length);
  return {
    id,
    name: component.name,
    version: component.version ?? null,
    ecosystem: component.purl?.split(/[:/]/)[1] ?? null,
    purl: component.purl ?? null,
    severity: SEVERITIES.find((severity) => severities[severity]) ?? null,
    severities,
    open_findings: open.length,
    settled_findings: findings.length - open.length,
    known_exploited: open.some((finding) => finding.known_exploited),
    fixable_findings: fixable.length,
    fixed_version: fixOf(open),
    asset_count: assets.length,
    assets: assets.slice(0, 3).map((asset) => ({
      ...asset,
      fixed_version: fixOf(open.filter((each) => each.asset.id === asset.id)),
    })),
    vulnerabilities: [...new Map(flaws.map((flaw) => [flaw.id, flaw])).values()].slice(0, 3),
  };
}

function components(memory: Memory, query: string): ListedComponent[] {
  const tokens = parseFilter(query);
  const conditions = tokens.filter((token) => token.type === "key").map(formatToken);
  const words = tokens.filter((token) => token.type === "text").map((token) => token.text.toLowerCase());
  const groups = new Map<string, Finding[]>();
  for (const finding of select(memory.findings, ["presence:active", ...conditions].join(" "))) {
    const [component] = finding.components;
    if (component) {
      const id = componentIdOf(component);
      groups.set(id, [...(groups.get(id) ?? []), finding]);
    }
  }
  return [...groups]
    .flatMap(([id, findings]) => counted(id, findings) ?? [])
    .filter((row) => words.every((word) => `${row.name} ${row.purl}`.toLowerCase().includes(word)));
}

const rank = ({ severity }: ListedComponent) =>
  severity === null ? SEVERITIES.length : SEVERITIES.indexOf(severity);

const ORDERS: Record<string, (a: ListedComponent, b: ListedComponent) => number> = {
  "-severity": (a, b) => rank(a) - rank(b) || b.open_findings - a.open_findings,
  "-open_findings": (a, b) => b.open_findings - a.open_findings,
  "-asset_count": (a, b) => b.asset_count - a.asset_count,
  name: (a, b) => a.name.localeCompare(b.name),
};

const fixOf = (findings: Finding[]) =>
  findings
    .flatMap(({ components }) => components[0]?.fixed_versions?.slice(0, 1) ?? [])
    .toSorted()
    .at(-1) ?? null;

export const COMPONENT_ROUTES: Route[] = [
  [
    "GET",
    /^\/components$/,
    ({ memory, url }) => {
      const rows = components(memory, url.searchParams.get("q") ?? "");
      return page(rows.toSorted(ORDERS[url.searchParams.get("sort") ?? "-severity"]), url);
    },
  ],
  [
    "GET",
    /^\/components\/([^/]+)$/,
    ({ memory, params }): ComponentDetail => {
      const all = components(memory, "");
      const one = found(all, params[0]);
      const open = select(memory.findings, `component:${one.id} is:open`);
      const of = (key: "asset" | "vulnerability", id: string) => open.filter((each) => each[key]?.id === id);
      return {
        ...one,
        versions: all.filter((each) => each.name === one.name),
        assets: [...new Map(open.map(({ asset }) => [asset.id, asset])).values()].map((asset) => ({
          ...asset,
          open_findings: of("asset", asset.id).length,
          severity: of("asset", asset.id)[0]?.severity ?? null,
          fixed_version: fixOf(of("asset", asset.id)),
        })),
        vulnerabilities: one.vulnerabilities.flatMap((flaw) => {
          const [first] = of("vulnerability", flaw.id);
          return first
            ? {
                ...flaw,
                title: first.title,
                severity: first.severity,
                known_exploited: first.known_exploited,
                open_findings: of("vulnerability", flaw.id).length,
                fixed_versions: first.components[0]?.fixed_versions ?? [],
              }
            : [];
        }),
      };
    },
  ],
];
