/** One version of a package: what is open in it, which version mends it, and where it is. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import { isProblem } from "@/api/problem";
import type { ComponentDetail } from "@/api/types";
import { formatNumber, plural } from "@/lib/format";
import { buttonStyle } from "@/ui/button";
import { Chip, ExploitedChip } from "@/ui/chip";
import { CopyButton } from "@/ui/copy-button";
import { Fact, Facts } from "@/ui/fact";
import { FindingsLink } from "@/ui/findings-link";
import { Page } from "@/ui/page";
import { Panel } from "@/ui/panel";
import { SeverityLabel } from "@/ui/severity";
import { EmptyState, ErrorState, Skeleton, SkeletonRows } from "@/ui/state";
import { ComponentAssets, ComponentVersions, ComponentVulnerabilities } from "./component-tables";
import { componentQuery } from "./queries";
import { describeFix, ecosystemName, openFindingsOf, versionName } from "./words";

export function ComponentPage({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(componentQuery(id));
  const crumb = (
    <Link to={"/components" as string} className="link">
      Components
    </Link>
  );
  return (
    <Page title={data ? `${data.name} ${data.version ?? ""}`.trim() : "Component"} scope={crumb}>
      {data ? (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-3 peek:grid-cols-[minmax(0,1fr)_minmax(0,420px)]">
          <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
            <Summary component={data} />
            <ComponentVulnerabilities component={data} />
          </div>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-3">
            <ComponentAssets component={data} />
            <ComponentVersions component={data} />
          </div>
        </div>
      ) : isProblem(error, 404) ? (
        <Panel>
          <EmptyState
            title="There is no such component"
            action={
              <Link to={"/components" as string} className={buttonStyle()}>
                All components
              </Link>
            }
          >
            No finding that you may see stands on it, or the link is not complete.
          </EmptyState>
        </Panel>
      ) : error ? (
        <Panel>
          <ErrorState
            error={error}
            title="The component could not be loaded"
            onRetry={() => void refetch()}
          />
        </Panel>
      ) : (
        <Panel className="grid gap-3 p-4">
          <Skeleton className="h-6 w-1/2" />
          <Skeleton className="h-14 w-full" />
          <SkeletonRows count={5} />
        </Panel>
      )}
    </Page>
  );
}

function Summary({ component }: { component: ComponentDetail }) {
  const { name, purl, severity, open_findings, settled_findings, fixed_version } = component;
  const ecosystem = ecosystemName(component.ecosystem);
  return (
    <Panel className="grid gap-4 p-4">
      <div className="grid gap-2">
        <div className="flex flex-wrap items-center gap-2">
          {severity === null ? <Chip>None open</Chip> : <SeverityLabel severity={severity} />}
          {component.known_exploited && <ExploitedChip />}
          {ecosystem && <Chip>{ecosystem}</Chip>}
        </div>
        <h2 className="text-xl leading-snug tracking-tight break-words">
          <bdi>{name}</bdi> <bdi className="font-mono text-lg text-default">{versionName(component)}</bdi>
        </h2>
        {purl && (
          <p className="inline-flex max-w-full items-center gap-0.5 font-mono text-xs text-default">
            <span className="min-w-0 break-all">{purl}</span>
            <CopyButton text={purl} label="Copy the package URL" />
          </p>
        )}
      </div>
      {open_findings > 0 && (
        <div>
          <FindingsLink q={openFindingsOf(component)} className={buttonStyle({ look: "filled" })}>
            <ListChecks size={15} aria-hidden="true" />
            Open {plural(open_findings, "finding")}
          </FindingsLink>
        </div>
      )}
      <Facts>
        <Fact label="Upgrade to">
          {fixed_version ? (
            <span className="font-mono break-words text-success">{fixed_version}</span>
          ) : (
            <span className="font-regular text-muted">no fix named</span>
          )}
        </Fact>
        <Fact label="Settles">
          {describeFix(component) ?? <span className="font-regular text-muted">–</span>}
        </Fact>
        <Fact label="Assets">{formatNumber(component.asset_count)}</Fact>
        <Fact label="Decided">
          {settled_findings === 0 ? (
            <span className="font-regular text-muted">none</span>
          ) : (
            plural(settled_findings, "finding")
          )}
        </Fact>
      </Facts>
    </Panel>
  );
}
