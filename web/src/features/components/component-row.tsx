/** One version of a package in one dense line; on a phone in three short ones. */
import { Link } from "@tanstack/react-router";
import type { ListedComponent, UpgradableAsset } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";
import { Chip, ExploitedChip } from "@/ui/chip";
import { FindingsLink } from "@/ui/findings-link";
import { SeverityLabel, SeverityMark, SeverityWord } from "@/ui/severity";
import { Td, Tr } from "@/ui/table";
import { describeFix, ecosystemName, openFindingsOf, versionName } from "./words";

export function ComponentRow({ component }: { component: ListedComponent }) {
  const { id, name, severity, assets, asset_count, open_findings, fixed_version } = component;
  const names = component.vulnerabilities.map((each) => each.name).join(", ");
  const [first] = assets;
  const version = versionName(component);
  const fix = describeFix(component);
  return (
    <Tr className="relative has-[[data-row-link]:focus-visible]:bg-hover has-[[data-row-link]:focus-visible]:[box-shadow:inset_3px_0_0_var(--accent)]">
      <Td className="whitespace-nowrap phone:pt-3 phone:align-top">
        {severity === null ? (
          <NoneOpen />
        ) : (
          <>
            <SeverityLabel severity={severity} className="align-middle phone:hidden" />
            <SeverityMark severity={severity} className="desk:hidden" />
          </>
        )}
      </Td>
      <Td className="w-full max-w-0 phone:py-2.5">
        <div className="flex items-center gap-2 phone:flex-wrap phone:gap-y-1">
          <Link
            to={`/components/${id}` as string}
            data-row-link
            title={[`${name} ${version}`, ...assets.map(upgradeThere)].join("\n")}
            aria-label={`${name} ${version}`}
            className="flex max-w-full min-w-0 items-baseline gap-2 text-strong outline-none after:absolute after:inset-0"
          >
            <span dir="auto" className="truncate font-medium">
              {name}
            </span>{" "}
            <span className="max-w-48 shrink-0 truncate font-mono text-xs text-default">{version}</span>
          </Link>
          <span className="shrink-0 text-xs text-muted phone:hidden">
            {ecosystemName(component.ecosystem)}
          </span>
          {component.known_exploited && <ExploitedChip className="shrink-0" />}
        </div>
        <div className="mt-1 flex flex-wrap gap-x-2 text-xs text-muted desk:hidden">
          {severity === null ? <span>None open</span> : <SeverityWord severity={severity} />}
          {open_findings > 0 && <span>{plural(open_findings, "finding")}</span>}
          <span>{plural(asset_count, "asset")}</span>
          {fixed_version && <span className="text-success">Fixed in {fixed_version}</span>}
        </div>
      </Td>
      <Td className="hidden max-w-72 min-w-36 truncate font-mono text-xs text-default wide:table-cell">
        <span className="relative z-1" title={names}>
          {names}
        </span>
      </Td>
      <Td className="whitespace-nowrap phone:hidden">
        {fixed_version ? (
          <Chip
            tone="success"
            className="max-w-36 font-mono"
            title={`${fixed_version} settles ${fix}, as reports say`}
          >
            <span className="truncate">{fixed_version}</span>
          </Chip>
        ) : (
          <span className="text-muted">–</span>
        )}
      </Td>
      <Td className="max-w-44 text-default phone:hidden peek:min-w-40 wide:max-w-56">
        {first && (
          <span className="block truncate">
            <bdi>{first.name}</bdi>
            {asset_count > 1 && <span className="num text-muted"> +{formatNumber(asset_count - 1)}</span>}
            {first.fixed_version !== fixed_version && (
              <span className="block truncate text-xs text-muted">
                {first.fixed_version ? `to ${first.fixed_version}` : "no fix named"}
              </span>
            )}
          </span>
        )}
      </Td>
      <Td isRight className="phone:hidden">
        {open_findings === 0 ? (
          <span className="text-muted">0</span>
        ) : (
          <FindingsLink
            q={openFindingsOf(component)}
            label={`${plural(open_findings, "open finding")} on ${name} ${version}`}
            className="link relative z-1"
          >
            {formatNumber(open_findings)}
          </FindingsLink>
        )}
      </Td>
    </Tr>
  );
}

/** "shop: upgrade to 2.16.0": of each of the assets, since what is open differs between them. */
function upgradeThere({ name, fixed_version }: UpgradableAsset): string {
  return `${name}: ${fixed_version ? `upgrade to ${fixed_version}` : "no fix named"}`;
}

function NoneOpen() {
  return (
    <span className="text-muted phone:text-xs">
      <span className="phone:hidden">None open</span>
      <span className="desk:hidden" aria-hidden="true">
        ·
      </span>
    </span>
  );
}
