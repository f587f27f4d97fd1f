/** Which packages have it, and which version mends each: what whoever upgrades needs to know. */
import { useQuery } from "@tanstack/react-query";
import type { Finding, VulnerabilityDetail } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";
import { CopyButton } from "@/ui/copy-button";
import { FindingsLink } from "@/ui/findings-link";
import { Panel, PanelHead } from "@/ui/panel";
import { Table, TableHead, Td, Th, Tr } from "@/ui/table";
import { affectedQuery } from "./queries";
import { openFindingsOf } from "./vulnerability-row";

type Affected = { name: string; version: string | null; fixed: string[]; assets: Set<string> };

export function Packages({ vulnerability }: { vulnerability: VulnerabilityDetail }) {
  const { data } = useQuery({ ...affectedQuery(vulnerability.id), enabled: vulnerability.open_findings > 0 });
  const packages = data ? affectedOf(data.items) : [];
  if (!data || packages.length === 0) return null;
  return (
    <Panel label="Packages">
      <PanelHead title="Packages" note={formatNumber(packages.length)}>
        {data.total > data.items.length && (
          <FindingsLink q={openFindingsOf(vulnerability)}>
            from {formatNumber(data.items.length)} of {plural(data.total, "finding")}
          </FindingsLink>
        )}
      </PanelHead>
      <Table label="Packages with this vulnerability">
        <TableHead>
          <Th>Package, installed → fixed in</Th>
          <Th isRight>Assets</Th>
        </TableHead>
        <tbody>
          {packages.map((each) => (
            <Tr key={`${each.name} ${each.version}`}>
              <Td className="w-full max-w-0 min-w-36 py-1">
                <span className="flex items-center gap-1 font-mono text-code text-strong">
                  <span dir="auto" className="min-w-0 break-all">
                    {each.name}
                  </span>
                  <CopyButton text={each.name} label={`Copy ${each.name}`} />
                </span>
                <span className="block pb-1 font-mono text-code break-all">
                  {each.version ?? "not said"} →{" "}
                  {each.fixed.join(", ") || <span className="text-muted">no fix known</span>}
                </span>
              </Td>
              <Td isRight>
                <span title={[...each.assets].join(", ")}>{formatNumber(each.assets.size)}</span>
                <span className="text-xs text-muted desk:hidden">
                  {" "}
                  {each.assets.size === 1 ? "asset" : "assets"}
                </span>
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

/** One line for each installed version, the most widespread first. */
function affectedOf(findings: Finding[]): Affected[] {
  const found = new Map<string, Affected>();
  for (const { asset, components } of findings)
    for (const { name, version = null, fixed_versions = [] } of components) {
      const key = `${name} ${version}`;
      const known = found.get(key) ?? { name, version, fixed: [], assets: new Set() };
      known.fixed = [...new Set([...known.fixed, ...fixed_versions])];
      known.assets.add(asset.name);
      found.set(key, known);
    }
  return [...found.values()].sort((a, b) => b.assets.size - a.assets.size || a.name.localeCompare(b.name));
}
