/** All assets: what is protected, what is open on each, and which nobody scans. */
import { useQuery } from "@tanstack/react-query";
import { cx } from "class-variance-authority";
import { Plus } from "lucide-react";
import { useRef, useState } from "react";
import { isProblem } from "@/api/problem";
import { useMay } from "@/api/session";
import { useRowKeys } from "@/lib/row-keys";
import { useAnnouncedTotal } from "@/ui/announced-total";
import { Button } from "@/ui/button";
import { Code } from "@/ui/code";
import { Page } from "@/ui/page";
import { Pager } from "@/ui/pager";
import { Panel } from "@/ui/panel";
import { SearchField } from "@/ui/search-field";
import { Segmented } from "@/ui/segmented";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/state";
import { Table, TableHead, Th } from "@/ui/table";
import { NewAssetDialog } from "./asset-form";
import { AssetRow } from "./asset-row";
import { assetsQuery, type Sort } from "./queries";

const ORDERS: { value: Sort; label: string }[] = [
  { value: "-severity", label: "Worst" },
  { value: "-open_findings", label: "Most findings" },
  { value: "name", label: "Name" },
];

type AssetsPageProps = {
  q: string;
  sort: Sort;
  page: number;
  onFilter: (q: string) => void;
  onSort: (sort: Sort) => void;
  onPage: (page: number) => void;
  onOpen: (id: string) => void;
};

export function AssetsPage({ q, sort, page, onFilter, onSort, onPage, onOpen }: AssetsPageProps) {
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery(assetsQuery(q, sort, page));
  const mayWrite = useMay("assets:write");
  const [isCreating, setCreating] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  useRowKeys(list);
  const total = useAnnouncedTotal(data, isPlaceholderData, "asset");
  const filterProblem = isProblem(error, 422) ? error : null;
  return (
    <Page
      title="Assets"
      scope={total && <span className="num text-muted">{total}</span>}
      action={
        mayWrite && (
          <Button look="filled" onClick={() => setCreating(true)}>
            <Plus size={15} aria-hidden="true" />
            New asset
          </Button>
        )
      }
    >
      <div className="flex items-start gap-2 phone:grid phone:grid-cols-[minmax(0,1fr)]">
        <SearchField
          className="flex-1"
          label="Filter assets"
          placeholder="Name of an asset, or asset.tag:payments scanner:trivy"
          value={q}
          onChange={onFilter}
          error={filterProblem ? (filterProblem.for("q") ?? filterProblem.message) : undefined}
        />
        <Segmented
          label="Order"
          value={sort}
          choices={ORDERS}
          onChange={onSort}
          className="mt-1.5 justify-self-start phone:mt-0"
        />
      </div>
      <Panel label="Assets">
        {error && !filterProblem ? (
          <ErrorState error={error} title="The assets could not be loaded" onRetry={() => void refetch()} />
        ) : isPending ? (
          <SkeletonRows count={12} height="h-(--row-table)" />
        ) : data && data.items.length > 0 ? (
          <div ref={list} className={cx((isPlaceholderData || filterProblem) && "opacity-60")}>
            <Table label="Assets">
              <TableHead>
                <Th>Asset</Th>
                <Th isRight>Open</Th>
                <Th className="pl-4">By severity</Th>
                <Th isRight className="hidden peek:table-cell">
                  Tracked refs
                </Th>
                <Th className="hidden wide:table-cell">Scanners</Th>
                <Th isRight>Last scan</Th>
              </TableHead>
              <tbody>
                {data.items.map((asset) => (
                  <AssetRow key={asset.id} asset={asset} />
                ))}
              </tbody>
            </Table>
            <Pager
              label="assets"
              page={page}
              shown={data.items.length}
              total={data.total}
              isExact={data.total_is_exact}
              onChange={onPage}
            />
          </div>
        ) : q === "" ? (
          <FirstTime />
        ) : (
          <EmptyState
            title={filterProblem ? "The filter cannot be read" : "No asset fits this filter"}
            action={<Button onClick={() => onFilter("")}>Show all assets</Button>}
          >
            {filterProblem ? (
              "Assets are filtered by words of their name, asset.kind, asset.tag and scanner."
            ) : (
              <>
                Nothing matches <code className="font-mono text-strong">{q}</code>.
              </>
            )}
          </EmptyState>
        )}
      </Panel>
      {isCreating && (
        <NewAssetDialog
          onClose={() => setCreating(false)}
          onCreated={(asset) => {
            setCreating(false);
            onOpen(asset.id);
          }}
        />
      )}
    </Page>
  );
}

function FirstTime() {
  return (
    <EmptyState
      title="No assets yet"
      action={
        <div className="w-full max-w-[620px]">
          <Code
            canCopy
            head="From a terminal"
            text="hauberk upload report.sarif --asset payments-api --ref main"
          />
        </div>
      }
    >
      An asset is what you protect: a repository, an image, a host, a web site, a cloud account. The first
      report that names one makes it; you can also make it here.
    </EmptyState>
  );
}
