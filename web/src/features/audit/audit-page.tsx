/** The audit trail: who did what to what, newest first, and whether nobody changed it since. */
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useMay } from "@/api/session";
import { formatTotal } from "@/lib/format";
import { save } from "@/lib/save";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { Page } from "@/ui/page";
import { Panel } from "@/ui/panel";
import { EmptyState, ErrorState, SkeletonRows } from "@/ui/state";
import { AuditFilters } from "./audit-filters";
import { AuditRow } from "./audit-row";
import { ChainNote } from "./chain-note";
import { type AuditState, eventsQuery, exportOf } from "./queries";

type Props = {
  state: AuditState;
  onFilter: (change: AuditState) => void;
  onAfter: (after?: string) => void;
};

export function AuditPage({ state, onFilter, onAfter }: Props) {
  const mayRead = useMay("audit:read");
  const { data, error, refetch, isPlaceholderData } = useQuery({ ...eventsQuery(state), enabled: mayRead });
  const isNarrowed = Object.entries(state).some(([key, value]) => key !== "after" && value);
  if (!mayRead)
    return (
      <Page title="Audit trail">
        <Panel>
          <EmptyState title="The audit trail is for administrators">
            Ask one of yours when you need to know who did what.
          </EmptyState>
        </Panel>
      </Page>
    );
  return (
    <Page
      title="Audit trail"
      scope={
        data && (
          <span className="num truncate text-muted phone:hidden">
            {formatTotal(data.total, data.total_is_exact)} {data.total === 1 ? "event" : "events"}
          </span>
        )
      }
      action={<ExportMenu state={state} isDisabled={!data || data.items.length === 0} />}
    >
      <ChainNote />
      <Panel>
        <AuditFilters state={state} onFilter={onFilter} />
        {error ? (
          <ErrorState error={error} title="The trail could not be read" onRetry={() => void refetch()} />
        ) : !data ? (
          <SkeletonRows count={12} height="h-10" />
        ) : data.items.length === 0 ? (
          <EmptyState title={isNarrowed ? "Nothing like this was done" : "Nothing was done yet"}>
            Sign-ins, uploads, decisions, changes of people, policies and channels stand here, each written
            together with the act itself.
          </EmptyState>
        ) : (
          <>
            <ol aria-label="Events, newest first" aria-busy={isPlaceholderData}>
              {data.items.map((event) => (
                <AuditRow key={event.id} event={event} onFilter={onFilter} />
              ))}
            </ol>
            {(state.after || data.next_cursor) && (
              <nav
                aria-label="Pages of the trail"
                className="flex justify-end gap-2 border-t border-default px-4 py-2"
              >
                <Button size="sm" disabled={!state.after} onClick={() => onAfter(undefined)}>
                  Newest
                </Button>
                <Button
                  size="sm"
                  disabled={!data.next_cursor || isPlaceholderData}
                  onClick={() => onAfter(data.next_cursor ?? undefined)}
                >
                  Older
                </Button>
              </nav>
            )}
          </>
        )}
      </Panel>
    </Page>
  );
}

/** The trail to keep elsewhere, as far as it is narrowed now. */
function ExportMenu({ state, isDisabled }: { state: AuditState; isDisabled: boolean }) {
  return (
    <Menu
      trigger={
        <Button disabled={isDisabled}>
          <Download size={15} aria-hidden="true" />
          <span className="phone:sr-only">Export</span>
        </Button>
      }
    >
      <MenuItem onSelect={() => save(exportOf(state, "csv"), "audit.csv")}>CSV, for a spreadsheet</MenuItem>
      <MenuItem onSelect={() => save(exportOf(state, "jsonl"), "audit.jsonl")}>
        JSON Lines, with every detail
      </MenuItem>
    </Menu>
  );
}
