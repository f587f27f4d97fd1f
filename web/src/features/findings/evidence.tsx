/** What shows that it is there, and what mends it: the package and its upgrade, or the place and its code. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Component, FindingDetail, Location } from "@/api/types";
import { Code } from "@/ui/code";
import { CopyButton } from "@/ui/copy-button";
import { ExternalLink } from "@/ui/external-link";
import { describePlace } from "./describe";
import { assetSourceQuery } from "./queries";
import { Section } from "./sections";
import { sourceLink } from "./source-link";
import { upgradeOf } from "./upgrade";

/** A package with a version, or one that is what the finding is about; not the platform that a file is written for. */
function packageOf({ kind, components: [component] }: FindingDetail): Component | undefined {
  const isAboutPackages = kind === "sca" || kind === "container";
  return component && (isAboutPackages || component.version || component.purl) ? component : undefined;
}

export function Evidence({ finding }: { finding: FindingDetail }) {
  const [place] = finding.locations;
  const component = packageOf(finding);
  const text = place?.snippet ?? place?.evidence ?? finding.evidence;
  if (component)
    return (
      <Section title="Evidence">
        <Package component={component} path={component.path ?? place?.path} />
        <Upgrade component={component} />
        {text && (
          <div className="mt-2">
            <Code canCopy text={text} head={describePlace(place) ?? "What the scanner saw"} />
          </div>
        )}
        <SourceLink finding={finding} path={component.path ?? place?.path} />
      </Section>
    );
  const head = describePlace(place);
  if (!text && !head) return null;
  return (
    <Section title="Evidence">
      {place?.message && (
        <p dir="auto" className="mb-2 text-sm whitespace-pre-wrap break-words">
          {place.message}
        </p>
      )}
      {text ? (
        <Code
          text={text}
          head={head}
          headText={head}
          note={place?.commit}
          firstLine={place?.snippet && place.line ? place.line : undefined}
          markedLine={place?.line ?? undefined}
          canCopy
        />
      ) : (
        <p className="flex items-center gap-2 rounded-md border border-default bg-sunken py-1 pr-1 pl-3 font-mono text-code text-source">
          <span dir="auto" className="min-w-0 flex-1 text-left break-all">
            {head}
          </span>
          {head && <CopyButton text={head} label="Copy the place" />}
        </p>
      )}
      {place && <PlaceFacts place={place} />}
      <SourceLink finding={finding} path={place?.path} />
    </Section>
  );
}

function Package({ component, path }: { component: Component; path: string | null | undefined }) {
  return (
    <dl className="grid grid-cols-[96px_minmax(0,1fr)] rounded-md border border-default text-xs [&>*]:border-t [&>*]:border-faint [&>*]:py-1.5 [&>*:nth-child(-n+2)]:border-t-0">
      <Fact name="Package" copied={component.name}>
        {component.name}
      </Fact>
      <Fact name="Installed">{component.version ?? "not said"}</Fact>
      <Fact name="Fixed in">{component.fixed_versions?.join(", ") || "no fix known"}</Fact>
      {path && (
        <Fact name="Found in" copied={path}>
          {path}
        </Fact>
      )}
      {component.purl && (
        <Fact name="purl" copied={component.purl}>
          {component.purl}
        </Fact>
      )}
      {component.component_id && (
        <Fact name="Everywhere">
          <Link to="/components/$id" params={{ id: component.component_id }} className="link font-sans">
            Assets and versions
          </Link>
        </Fact>
      )}
    </dl>
  );
}

function Fact({ name, copied, children }: { name: string; copied?: string; children: ReactNode }) {
  return (
    <>
      <dt className="flex items-center pl-3 text-muted">{name}</dt>
      <dd className="flex min-w-0 items-center gap-2 pr-1 pl-3 font-mono text-code text-strong">
        <span dir="auto" className="min-w-0 flex-1 text-left break-all">
          {children}
        </span>
        {copied && (
          <span className="-my-1.5 flex shrink-0">
            <CopyButton
              text={copied}
              label={`Copy the ${name === "Found in" ? "path" : name.toLowerCase()}`}
            />
          </span>
        )}
      </dd>
    </>
  );
}

/** A command is only written where the report’s names are such as cannot do anything else in a shell. */
function Upgrade({ component }: { component: Component }) {
  const upgrade = upgradeOf(component);
  if (upgrade === null) return null;
  return (
    <div className="mt-2">
      <Code canCopy head="Upgrade" text={upgrade.command} />
      <p className="mt-1 text-xs text-muted">{upgrade.note}</p>
    </div>
  );
}

/** Asked only where there is a path to lead to; what an asset is known by seldom changes. */
function SourceLink({ finding, path }: { finding: FindingDetail; path: string | null | undefined }) {
  const { data } = useQuery({ ...assetSourceQuery(finding.asset.id), enabled: Boolean(path) });
  const link = data && sourceLink(data, finding);
  if (!link) return null;
  return (
    <p className="mt-1.5 text-xs">
      <ExternalLink href={link.href}>Open the file on {link.host}</ExternalLink>
    </p>
  );
}

function PlaceFacts({ place }: { place: Location }) {
  const facts = [
    place.symbol && ["in", place.symbol],
    place.parameter && ["parameter", place.parameter],
    place.protocol && ["protocol", place.protocol],
  ];
  const shown = facts.filter((fact): fact is string[] => Array.isArray(fact));
  if (shown.length === 0) return null;
  return (
    <p className="mt-1.5 flex flex-wrap gap-x-3 text-xs text-muted">
      {shown.map(([name, value]) => (
        <span key={name} className="[overflow-wrap:anywhere]">
          {name} <bdi className="font-mono text-code text-default">{value}</bdi>
        </span>
      ))}
    </p>
  );
}
