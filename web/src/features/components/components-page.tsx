/** All components: which packages there are, in which version, where, and how bad it is. */
import { useQuery } from "@tanstack/react-query";
import { cx } from "class-variance-authority";
import { useRef } from "react";
import { isProblem } from "@/api/problem";
import { useRowKeys } from "@/lib/row-keys";
import { useAnnouncedTotal } from "@/ui/announced-total";
import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { FilterGap, FilterToggle, FilterToggles, SeverityToggles } from "@/ui/filter-toggle";
import { Page } from "@/ui/page";
import { PAGE_SIZE, Pager } from "@/ui/pager";
import { Panel } from "@/ui/panel";
import { SearchField } from "@/ui/search-field";
import { Segmented } from "@/ui/segmented";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/state";
import { Table, TableHead, Th } from "@/ui/table";
import { ComponentRow } from "./component-row";
import { componentsQuery, type Sort } from "./queries";

const ORDERS: { value: Sort; label: string }[] = [
  { value: "-severity", label: "Worst" },
  { value: "-open_findings", label: "Most findings" },
  { value: "-asset_count", label: "Most assets" },
  { value: "name", label: "Name" },
];

type ComponentsPageProps = {
  q: string;
  sort: Sort;
  page: number;
  onFilter: (q: string) => void;
  onSort: (sort: Sort) => void;
  onPage: (page: number) => void;
};

export function ComponentsPage({ q, sort, page, onFilter, onSort, onPage }: ComponentsPageProps) {
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(componentsQuery(q, sort, page));
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const total = useAnnouncedTotal(data, isPlaceholderData, "component");
  const filterProblem = isProblem(error, 422) ? error : null;
  const filter = { q, onChange: onFilter };
  return (
    <Page title="Components" scope={total && <span className="num text-muted">{total}</span>}>
      <div className="no-print grid grid-cols-[minmax(0,1fr)] gap-2">
        <SearchField
          label="Filter components"
          placeholder="log4j, or component:lodash@4.17* purl:pkg:maven/* asset:shop"
          value={q}
          onChange={onFilter}
          error={filterProblem ? (filterProblem.for("q") ?? filterProblem.message) : undefined}
        />
        <div className="flex flex-wrap items-center justify-between gap-2 phone:grid phone:grid-cols-[minmax(0,1fr)]">
          <FilterToggles>
            <SeverityToggles {...filter} />
            <FilterGap />
            <FilterToggle {...filter} term="is" value="open">
              Open findings
            </FilterToggle>
            <FilterToggle {...filter} term="known_exploited" value="true">
              Known exploited
            </FilterToggle>
            <FilterToggle {...filter} term="fix" value="true">
              Has a fix
            </FilterToggle>
          </FilterToggles>
          <Segmented
            label="Order"
            value={sort}
            choices={ORDERS}
            onChange={onSort}
            className="justify-self-start"
          />
        </div>
      </div>
      <Panel label="Components">
        {error && !filterProblem ? (
          <ErrorState
            error={error}
            title="The components could not be loaded"
            onRetry={() => void refetch()}
          />
        ) : isPending ? (
          <SkeletonRows count={12} height="h-(--row-table)" />
        ) : data && data.items.length > 0 ? (
          <div ref={list} className={cx((isPlaceholderData || filterProblem) && "opacity-60")}>
            <Table label="Components">
              <TableHead>
                <Th>Severity</Th>
                <Th>Component</Th>
                <Th className="hidden wide:table-cell">Vulnerabilities</Th>
                <Th>Fixed in</Th>
                <Th>Assets</Th>
                <Th isRight>Open</Th>
              </TableHead>
              <tbody>
                {data.items.map((component) => (
                  <ComponentRow key={component.id} component={component} />
                ))}
              </tbody>
            </Table>
            <Pager
              label="components"
              page={page}
              shown={Math.min(data.items.length, PAGE_SIZE)}
              total={data.total}
              isExact={data.total_is_exact}
              onChange={onPage}
            />
          </div>
        ) : filterProblem ? (
          <EmptyState title="The filter cannot be read">
            Components are filtered by words of their name, <code>component:</code>, <code>purl:</code>,{" "}
            <code>severity:</code>, <code>asset:</code> and <code>asset.tag:</code>.
          </EmptyState>
        ) : q === "" ? (
          <FirstTime />
        ) : (
          <EmptyState
            title="No component fits this filter"
            action={<Button onClick={() => onFilter("")}>Show all components</Button>}
          >
            Nothing matches <code className="font-mono text-strong">{q}</code>. A component is known once a
            report names it in a finding; one without findings is not listed.
          </EmptyState>
        )}
      </Panel>
    </Page>
  );
}

function FirstTime() {
  return (
    <EmptyState
      title="No components yet"
      action={
        <div className="w-full max-w-[620px]">
          <Code
            canCopy
            head="From a terminal"
            text="trivy fs --format json -o trivy.json . && hauberk upload trivy.json --asset payments-api --wait"
          />
        </div>
      }
    >
      When a scanner of dependencies or images reports findings, each version of each package gets one line
      here: where it is, how bad it is, and which version mends it. Send a report to begin.
    </EmptyState>
  );
}
