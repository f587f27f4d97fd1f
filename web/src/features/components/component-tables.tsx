/** What a component's page lists: its vulnerabilities, the assets that have it, and the package's other versions. */
import { Link } from "@tanstack/react-router";
import type { ComponentDetail } from "@/api/types";
import { filterOf } from "@/lib/filter-link";
import { formatNumber, plural } from "@/lib/format";
import { ExploitedChip } from "@/ui/chip";
import { FindingsLink } from "@/ui/findings-link";
import { Panel, PanelHead } from "@/ui/panel";
import { SeverityLabel, SeverityMark, SeverityWord } from "@/ui/severity";
import { Table, Td, Th, Tr } from "@/ui/table";
import { openFindingsOf, versionName } from "./words";

type Props = { component: ComponentDetail };

export function ComponentVulnerabilities({ component }: Props) {
  const { vulnerabilities } = component;
  return (
    <Panel>
      <PanelHead title="Vulnerabilities" note={formatNumber(vulnerabilities.length)} />
      {vulnerabilities.length === 0 ? (
        <p className="px-4 pb-4 text-muted">Nothing is open in it.</p>
      ) : (
        <Table label="Vulnerabilities of this component">
          <thead>
            <tr>
              <Th>Severity</Th>
              <Th>Vulnerability</Th>
              <Th className="phone:hidden">Fixed in</Th>
              <Th isRight>Open</Th>
            </tr>
          </thead>
          <tbody>
            {vulnerabilities.map((each) => (
              <Tr key={each.id}>
                <Td className="whitespace-nowrap phone:pt-3 phone:align-top">
                  <SeverityLabel severity={each.severity} className="align-middle phone:hidden" />
                  <SeverityMark severity={each.severity} className="desk:hidden" />
                </Td>
                <Td className="w-full max-w-0 phone:py-2.5">
                  <div className="flex items-center gap-2 phone:flex-wrap phone:gap-y-1">
                    <Link
                      to={`/vulnerabilities/${each.id}` as string}
                      className="link shrink-0 font-mono text-xs font-medium text-strong"
                    >
                      {each.name}
                    </Link>
                    <span
                      dir="auto"
                      className="min-w-0 truncate phone:order-last phone:line-clamp-2 phone:basis-full phone:whitespace-normal"
                    >
                      {each.title === each.name ? "" : each.title}
                    </span>
                    {each.known_exploited && <ExploitedChip className="shrink-0" />}
                  </div>
                  <div className="mt-1 flex flex-wrap gap-x-2 text-xs text-muted desk:hidden">
                    <SeverityWord severity={each.severity} />
                    {each.fixed_versions.length > 0 && (
                      <span className="text-success">Fixed in {each.fixed_versions.join(", ")}</span>
                    )}
                  </div>
                </Td>
                <Td className="max-w-48 truncate font-mono text-xs text-default phone:hidden">
                  {each.fixed_versions.join(", ") || <span className="text-muted">–</span>}
                </Td>
                <Td isRight>
                  <FindingsLink
                    q={`${openFindingsOf(component)} vulnerability:${each.id}`}
                    label={`${plural(each.open_findings, "open finding")} of ${each.name}`}
                  >
                    {formatNumber(each.open_findings)}
                  </FindingsLink>
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

export function ComponentAssets({ component }: Props) {
  const { assets, asset_count } = component;
  return (
    <Panel>
      <PanelHead
        title="Assets"
        note={
          assets.length < asset_count
            ? `${formatNumber(assets.length)} of ${formatNumber(asset_count)}`
            : formatNumber(asset_count)
        }
      />
      {assets.length === 0 ? (
        <p className="px-4 pb-4 text-muted">No asset has it any more.</p>
      ) : (
        <Table label="Assets with this component">
          <thead>
            <tr>
              <Th>Asset</Th>
              <Th>Upgrade to</Th>
              <Th isRight>Open findings</Th>
            </tr>
          </thead>
          <tbody>
            {assets.map((asset) => (
              <Tr key={asset.id}>
                <Td className="w-full max-w-0 truncate">
                  <Link to={`/assets/${asset.id}` as string} dir="auto" className="link text-strong">
                    {asset.name}
                  </Link>
                </Td>
                <Td className="max-w-40 truncate font-mono text-xs">
                  {asset.fixed_version ? (
                    <span className="text-success">{asset.fixed_version}</span>
                  ) : (
                    <span className="font-sans text-muted">
                      {asset.open_findings > 0 ? "no fix named" : "–"}
                    </span>
                  )}
                </Td>
                <Td isRight>
                  {asset.open_findings === 0 ? (
                    <span className="text-muted">0</span>
                  ) : (
                    <FindingsLink
                      q={`${openFindingsOf(component)} ${filterOf("asset", asset.name)}`}
                      label={`${plural(asset.open_findings, "open finding")} on ${asset.name}`}
                    >
                      {formatNumber(asset.open_findings)}
                    </FindingsLink>
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Panel>
  );
}

export function ComponentVersions({ component }: Props) {
  const { versions } = component;
  if (versions.length < 2) return null;
  return (
    <Panel>
      <PanelHead title="Versions in use" note={formatNumber(versions.length)} />
      <Table label="Versions of this package">
        <thead>
          <tr>
            <Th>Version</Th>
            <Th>Severity</Th>
            <Th isRight>Assets</Th>
            <Th isRight>Open</Th>
          </tr>
        </thead>
        <tbody>
          {versions.map((each) => (
            <Tr key={each.id}>
              <Td className="w-full max-w-0 truncate font-mono text-xs">
                {each.id === component.id ? (
                  <span aria-current="page" className="font-medium text-strong">
                    {versionName(each)}
                    <span className="font-sans font-regular text-muted"> this one</span>
                  </span>
                ) : (
                  <Link to={`/components/${each.id}` as string} className="link text-strong">
                    {versionName(each)}
                  </Link>
                )}
              </Td>
              <Td className="whitespace-nowrap">
                {each.severity ? (
                  <SeverityLabel severity={each.severity} />
                ) : (
                  <span className="text-muted">None open</span>
                )}
              </Td>
              <Td isRight>{formatNumber(each.asset_count)}</Td>
              <Td isRight>{formatNumber(each.open_findings)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
