/** The ledger: everything that was told or could not be, and sending again what was given up. */
import { useQuery } from "@tanstack/react-query";
import { useMay } from "@/api/session";
import { plural } from "@/lib/format";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Panel, PanelHead } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { QueryList } from "@/ui/query-list";
import { Segmented } from "@/ui/segmented";
import { EmptyState } from "@/ui/state";
import { Table, TableHead, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { AlertsFrame } from "./alerts-frame";
import { deliveriesQuery, useReplay } from "./queries";
import type { Delivery, DeliveryState } from "./types";
import { DELIVERY_TONE, DELIVERY_WORD } from "./words";

export type DeliveryFilter = DeliveryState | "all";
type Props = {
  state: DeliveryFilter;
  page: number;
  onState: (state: DeliveryFilter) => void;
  onPage: (page: number) => void;
};

export function DeliveriesPage({ state, page, onState, onPage }: Props) {
  const deliveries = useQuery(deliveriesQuery(state === "all" ? undefined : state, page));
  return (
    <AlertsFrame>
      <Panel>
        <PanelHead title="Deliveries" note="Tried up to ten times over three hours.">
          <Segmented
            label="Which deliveries"
            value={state}
            choices={[
              { value: "all", label: "All" },
              { value: "waiting", label: "Waiting" },
              { value: "dead", label: "Given up" },
            ]}
            onChange={onState}
          />
        </PanelHead>
        <QueryList
          query={deliveries}
          things="deliveries"
          skeleton={{ count: 5, height: "h-12" }}
          empty={
            <EmptyState title={state === "dead" ? "Nothing was given up" : "Nothing was sent yet"}>
              Every notice to a channel or person is kept here, with each attempt and what the other side
              said.
            </EmptyState>
          }
          pages={{ page, onPage }}
        >
          {(items) => (
            <Table label="Deliveries">
              <TableHead hasActs>
                <Th>To</Th>
                <Th>What</Th>
                <Th>Outcome</Th>
                <Th isRight>Written</Th>
              </TableHead>
              <tbody>
                {items.map((delivery) => (
                  <DeliveryRow key={delivery.id} delivery={delivery} />
                ))}
              </tbody>
            </Table>
          )}
        </QueryList>
      </Panel>
    </AlertsFrame>
  );
}

function DeliveryRow({ delivery }: { delivery: Delivery }) {
  const replay = useReplay();
  const mayReplay = useMay("alerting:write") && delivery.state === "dead";
  const again = mayReplay && (
    <Button
      size="sm"
      isBusy={replay.isPending}
      aria-label={`Send again to ${delivery.recipient}`}
      onClick={() => replay.mutate(delivery.id)}
    >
      Send again
    </Button>
  );
  return (
    <Tr>
      <Td className="min-w-44 py-2 font-medium text-strong phone:hidden">
        {delivery.recipient}
        <div className="text-xs font-regular text-muted">{delivery.kind}</div>
      </Td>
      <Td className="w-full py-2 phone:px-4">
        {/* On a phone one cell says it all, one thing below the other. */}
        <div className="font-medium text-strong desk:hidden">
          {delivery.recipient} <span className="text-xs font-regular text-muted">{delivery.kind}</span>
        </div>
        {delivery.headline}
        <div className="text-xs text-muted">
          {delivery.event}
          {delivery.is_test && ", a test"}
          <span className="desk:hidden">
            , <Time at={delivery.created_at} />
          </span>
        </div>
        {delivery.error && <div className="mt-0.5 text-xs text-danger">{delivery.error}</div>}
        <div className="mt-1.5 flex items-center gap-3 desk:hidden">
          <Outcome delivery={delivery} />
          <span className="ml-auto">{again}</span>
        </div>
        <ProblemNote error={replay.error} />
      </Td>
      <Td className="phone:hidden">
        <Outcome delivery={delivery} />
      </Td>
      <Td isRight className="text-muted phone:hidden">
        <Time at={delivery.created_at} />
      </Td>
      <Td isRight className="phone:hidden">
        {again}
      </Td>
    </Tr>
  );
}

function Outcome({ delivery }: { delivery: Delivery }) {
  return (
    <div className="phone:flex phone:items-center phone:gap-2">
      <Chip tone={DELIVERY_TONE[delivery.state]}>{DELIVERY_WORD[delivery.state]}</Chip>
      <div className="text-xs whitespace-nowrap text-muted desk:mt-0.5">
        {delivery.is_held ? "quiet hours, until " : `${plural(delivery.attempts, "attempt")}`}
        {delivery.next_attempt_at && !delivery.is_held && ", next "}
        {delivery.next_attempt_at && <Time at={delivery.next_attempt_at} />}
      </div>
    </div>
  );
}
