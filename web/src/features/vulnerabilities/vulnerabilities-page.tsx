/** All vulnerabilities with open findings: one line per CVE or rule, worst first. */
import { useQuery } from "@tanstack/react-query";
import { cx } from "class-variance-authority";
import { useRef } from "react";
import { isProblem } from "@/api/problem";
import { useRowKeys } from "@/lib/row-keys";
import { useAnnouncedTotal } from "@/ui/announced-total";
import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { Page } from "@/ui/page";
import { PAGE_SIZE, Pager } from "@/ui/pager";
import { Panel } from "@/ui/panel";
import { SearchField } from "@/ui/search-field";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/state";
import { Table, TableHead, Th } from "@/ui/table";
import { vulnerabilitiesQuery } from "./queries";
import { QuickFilters } from "./quick-filters";
import { VulnerabilityRow } from "./vulnerability-row";

type VulnerabilitiesPageProps = {
  q: string;
  page: number;
  onFilter: (q: string) => void;
  onPage: (page: number) => void;
};

export function VulnerabilitiesPage({ q, page, onFilter, onPage }: VulnerabilitiesPageProps) {
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(vulnerabilitiesQuery(q, page));
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const total = useAnnouncedTotal(data, isPlaceholderData, "vulnerability", "vulnerabilities");
  const filterProblem = isProblem(error, 422) ? error : null;
  return (
    <Page title="Vulnerabilities" scope={total && <span className="num text-muted">{total}</span>}>
      <div className="no-print grid grid-cols-[minmax(0,1fr)] gap-2">
        <SearchField
          label="Filter vulnerabilities"
          placeholder="CVE, package or rule, or severity:critical epss>0.5"
          value={q}
          onChange={onFilter}
          error={filterProblem ? (filterProblem.for("q") ?? filterProblem.message) : undefined}
        />
        <QuickFilters q={q} onChange={onFilter} />
      </div>
      <Panel label="Vulnerabilities">
        {error && !filterProblem ? (
          <ErrorState
            error={error}
            title="The vulnerabilities could not be loaded"
            onRetry={() => void refetch()}
          />
        ) : isPending ? (
          <SkeletonRows count={12} height="h-(--row-table)" />
        ) : data && data.items.length > 0 ? (
          <div ref={list} className={cx((isPlaceholderData || filterProblem) && "opacity-60")}>
            <Table label="Vulnerabilities">
              <TableHead>
                <Th>Severity</Th>
                <Th>Vulnerability</Th>
                <Th>Fix</Th>
                <Th isRight>EPSS</Th>
                <Th>Assets</Th>
                <Th isRight>Open</Th>
                <Th isRight>Known for</Th>
              </TableHead>
              <tbody>
                {data.items.map((vulnerability) => (
                  <VulnerabilityRow key={vulnerability.id} vulnerability={vulnerability} />
                ))}
              </tbody>
            </Table>
            <Pager
              label="vulnerabilities"
              page={page}
              shown={Math.min(data.items.length, PAGE_SIZE)}
              total={data.total}
              isExact={data.total_is_exact}
              onChange={onPage}
            />
          </div>
        ) : filterProblem ? (
          <EmptyState title="The filter cannot be read">
            Correct it above; nothing was changed. A filter is made of <code>key:value</code> and plain words.
          </EmptyState>
        ) : q === "" ? (
          <FirstTime />
        ) : (
          <EmptyState
            title="No vulnerability fits this filter"
            action={<Button onClick={() => onFilter("")}>Show all vulnerabilities</Button>}
          >
            Nothing open matches <code className="font-mono text-strong">{q}</code>.
          </EmptyState>
        )}
      </Panel>
    </Page>
  );
}

function FirstTime() {
  return (
    <EmptyState
      title="No open vulnerabilities"
      action={
        <div className="w-full max-w-[620px]">
          <Code canCopy head="From a terminal" text="hauberk upload trivy.json --asset payments-api --wait" />
        </div>
      }
    >
      When a scan reports findings, each CVE or rule gets one line here, with every asset that it touches.
      Send a report to begin.
    </EmptyState>
  );
}
