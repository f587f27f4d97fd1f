/** What is wrong now and was before: who looks after it, who is called next, and the page that says what to do. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { BookOpen, Check } from "lucide-react";
import { useMay } from "@/api/session";
import { Button, buttonStyle } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { SelectField } from "@/ui/field";
import { Panel, PanelHead } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { QueryList } from "@/ui/query-list";
import { Segmented } from "@/ui/segmented";
import { EmptyState } from "@/ui/state";
import { Time } from "@/ui/time";
import { AlertsFrame } from "./alerts-frame";
import { alertsQuery, rulesQuery, useAlertAct } from "./queries";
import type { Alert } from "./types";
import { SeverityChip } from "./words";

export type AlertState = "firing" | "resolved" | "all";
type Props = {
  state: AlertState;
  /** Only this rule's. */
  rule?: string;
  page: number;
  onState: (state: AlertState) => void;
  onRule: (rule: string | undefined) => void;
  onPage: (page: number) => void;
};

export function AlertsPage({ state, rule, page, onState, onRule, onPage }: Props) {
  const asked = state === "all" ? undefined : state;
  const alerts = useQuery(alertsQuery(asked, rule, page));
  return (
    <AlertsFrame>
      <Panel>
        <PanelHead title="Alerts" note="About the installation, and about acts that somebody should look at.">
          <RulePicker rule={rule} onRule={onRule} />
          <Segmented
            label="Which alerts"
            value={state}
            choices={[
              { value: "firing", label: "Now" },
              { value: "resolved", label: "Over" },
              { value: "all", label: "All" },
            ]}
            onChange={onState}
          />
        </PanelHead>
        <QueryList
          query={alerts}
          things="alerts"
          skeleton={{ count: 3, height: "h-16" }}
          empty={<Nothing state={state} rule={rule} />}
          pages={{ page, onPage }}
        >
          {(items) => (
            <ul>
              {items.map((alert) => (
                <AlertRow key={alert.id} alert={alert} />
              ))}
            </ul>
          )}
        </QueryList>
      </Panel>
    </AlertsFrame>
  );
}

function RulePicker({ rule, onRule }: Pick<Props, "rule" | "onRule">) {
  const { data } = useQuery(rulesQuery);
  return (
    <SelectField
      label="Only of the rule"
      isLabelHidden
      className="max-w-44"
      value={rule ?? ""}
      onChange={(event) => onRule(event.target.value || undefined)}
    >
      <option value="">Every rule</option>
      {data?.map((each) => (
        <option key={each.name} value={each.name}>
          {each.title}
        </option>
      ))}
      {rule !== undefined && !data?.some((each) => each.name === rule) && <option>{rule}</option>}
    </SelectField>
  );
}

function Nothing({ state, rule }: Pick<Props, "state" | "rule">) {
  const { data } = useQuery(rulesQuery);
  const newest = data
    ?.map((rule) => rule.evaluated_at)
    .filter((at) => at !== null)
    .sort()
    .at(-1);
  if (rule !== undefined)
    return (
      <EmptyState title="Nothing of this rule">
        Choose every rule above to see the others{state === "all" ? "" : ", or alerts of another time"}.
      </EmptyState>
    );
  if (state !== "firing")
    return <EmptyState title="No alert so far">What fires and is over is kept here for 400 days.</EmptyState>;
  return (
    <EmptyState
      title="Nothing is wrong"
      action={
        <Link to="/alerts/$section" params={{ section: "rules" }} className={buttonStyle({})}>
          See the rules
        </Link>
      }
    >
      {newest ? (
        <>
          The rules were last evaluated <Time at={newest} />.
        </>
      ) : (
        "Acts that somebody should look at are shown here as they happen."
      )}
    </EmptyState>
  );
}

function AlertRow({ alert }: { alert: Alert }) {
  const act = useAlertAct();
  const mayWrite = useMay("alerts:write");
  const isFiring = alert.state === "firing";
  return (
    <li className="grid gap-2 border-t border-default px-4 py-3 first:border-t-0">
      <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <SeverityChip severity={alert.severity} />
        {alert.is_test && <Chip>Test</Chip>}
        <h3 className="min-w-0 font-semibold text-strong">{alert.title}</h3>
        <span className="text-xs text-muted">
          {isFiring ? "since " : "began "}
          <Time at={alert.began_at} />
        </span>
        {isFiring && mayWrite && (
          <span className="ml-auto flex gap-2 phone:ml-0 phone:w-full">
            {alert.acknowledged_at === null && (
              <Button
                size="sm"
                isBusy={act.isPending}
                onClick={() => act.mutate({ id: alert.id, act: "acknowledge" })}
                aria-label={`Acknowledge ${alert.title}`}
              >
                <Check size={14} aria-hidden="true" />
                Acknowledge
              </Button>
            )}
            <Button
              size="sm"
              look="quiet"
              onClick={() => act.mutate({ id: alert.id, act: "resolve" })}
              aria-label={`End ${alert.title}`}
            >
              End
            </Button>
          </span>
        )}
      </div>
      <p className="text-default">{alert.summary}</p>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-muted">
        <Standing alert={alert} />
        {alert.facts.map((fact) => (
          <span key={fact.name} className="num">
            {fact.name}: <span className="text-default">{fact.value}</span>
          </span>
        ))}
        {alert.runbook && (
          <Link
            to="/alerts/runbooks/$name"
            params={{ name: alert.runbook }}
            className="link inline-flex items-center gap-1"
          >
            <BookOpen size={13} aria-hidden="true" />
            What to do
          </Link>
        )}
      </div>
      <ProblemNote error={act.error} />
    </li>
  );
}

/** Who looks after it, or who hears of it next. */
function Standing({ alert }: { alert: Alert }) {
  if (alert.resolved_at !== null)
    return (
      <span>
        over <Time at={alert.resolved_at} />
        {alert.acknowledged_by && `, looked after by ${alert.acknowledged_by.name}`}
      </span>
    );
  if (alert.acknowledged_at !== null)
    return (
      <span className="text-default">
        {alert.acknowledged_by?.name ?? "Somebody"} looks after it, since <Time at={alert.acknowledged_at} />
      </span>
    );
  return (
    <span className="text-danger">
      Nobody looks after it
      {alert.next_call_at !== null && (
        <>
          ; the next person is called <Time at={alert.next_call_at} />
        </>
      )}
    </span>
  );
}
