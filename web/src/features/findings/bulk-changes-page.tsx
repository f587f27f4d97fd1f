/** What was done to many findings at once, as long as it can be taken back. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { BulkChangeMade } from "@/api/bulk-types";
import { plural } from "@/lib/format";
import { buttonStyle } from "@/ui/button";
import { Confirm } from "@/ui/confirm";
import { Page } from "@/ui/page";
import { Panel, PanelHead } from "@/ui/panel";
import { QueryList } from "@/ui/query-list";
import { EmptyState, ErrorState, Skeleton } from "@/ui/state";
import { Table, TableHead, Th } from "@/ui/table";
import { BulkChangeRow, describeBulk } from "./bulk-change-row";
import { bulkChangesQuery, standingQuery, useUndoBulk } from "./bulk-queries";
import { useLastSearch } from "./last-list";

export function BulkChangesPage({ page, onPage }: { page: number; onPage: (page: number) => void }) {
  const changes = useQuery(bulkChangesQuery(page));
  const list = useLastSearch();
  const [asked, setAsked] = useState<BulkChangeMade | null>(null);
  return (
    <Page
      title="Changes"
      scope={
        <Link to="/findings" search={list} className="link">
          Findings
        </Link>
      }
    >
      <Panel label="Changes of many findings">
        <PanelHead
          title="Changes of many findings"
          note="Kept for 90 days, and so long they can be taken back. A change of one finding stands in its timeline."
        />
        <QueryList
          query={changes}
          things="changes"
          skeleton={{ count: 5, height: "h-14" }}
          pages={{ page, onPage }}
          empty={
            <EmptyState
              title="Nobody has changed many findings at once yet"
              action={
                <Link to="/findings" search={list} className={buttonStyle({})}>
                  Go to the findings
                </Link>
              }
            >
              Select rows in the list, or all that a filter matches, and decide them together. What was done
              stands here and can be undone.
            </EmptyState>
          }
        >
          {(items) => (
            <Table label="Changes of many findings">
              <TableHead hasActs>
                <Th>Change</Th>
                <Th>Changed</Th>
                <Th>By</Th>
                <Th>Now</Th>
              </TableHead>
              <tbody className="phone:block">
                {items.map((made) => (
                  <BulkChangeRow key={made.id} made={made} onUndo={() => setAsked(made)} />
                ))}
              </tbody>
            </Table>
          )}
        </QueryList>
      </Panel>
      {asked && <UndoDialog made={asked} onClose={() => setAsked(null)} />}
    </Page>
  );
}

function UndoDialog({ made, onClose }: { made: BulkChangeMade; onClose: () => void }) {
  const standing = useQuery(standingQuery(made.id));
  const undo = useUndoBulk();
  const count = standing.data?.would_undo ?? 0;
  return (
    <Confirm
      title={made.change ? `Undo “${describeBulk(made)}”` : "Make the change again"}
      action={count === 0 ? "Undo" : `Undo for ${plural(count, "finding")}`}
      isBusy={undo.isPending}
      isReady={count > 0}
      error={undo.error}
      onConfirm={() => undo.mutate(made.id, { onSuccess: onClose })}
      onClose={onClose}
    >
      {standing.error ? (
        <ErrorState
          error={standing.error}
          title="It could not be counted"
          onRetry={() => void standing.refetch()}
        />
      ) : standing.data ? (
        <>
          <p>
            {count === 0
              ? "No finding is as this change left it, so there is nothing to undo."
              : `${plural(count, "finding")} will be as before this change, with the decision that held then.`}
          </p>
          {standing.data.changed_since > 0 && (
            <p>
              {plural(standing.data.changed_since, "finding")} changed since: left as{" "}
              {standing.data.changed_since === 1 ? "it is" : "they are"} now.
            </p>
          )}
        </>
      ) : (
        <Skeleton className="h-5 w-3/4" />
      )}
    </Confirm>
  );
}
