/** The built-in rules: what each looks at, its threshold, what it last saw. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { isProblem } from "@/api/problem";
import { useMay } from "@/api/session";
import { Button } from "@/ui/button";
import { Chip } from "@/ui/chip";
import { Dialog, DialogBody, DialogFoot } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { Panel, PanelHead } from "@/ui/panel";
import { ProblemNote } from "@/ui/problem-note";
import { QueryList } from "@/ui/query-list";
import { Table, TableHead, Td, Th, Tr } from "@/ui/table";
import { Time } from "@/ui/time";
import { AlertsFrame } from "./alerts-frame";
import { rulesQuery, useChangeRule } from "./queries";
import type { AlertRule } from "./types";
import { formatThreshold, SeverityChip } from "./words";

export function RulesPage() {
  const rules = useQuery({ ...rulesQuery, select: (items) => ({ items }) });
  const mayChange = useMay("alerting:write");
  const [changing, setChanging] = useState<AlertRule | null>(null);
  return (
    <AlertsFrame>
      <Panel>
        <PanelHead
          title="Rules"
          note="Evaluated every 30 seconds by the scheduler, for installations with or without a Prometheus."
        />
        <QueryList query={rules} things="rules" skeleton={{ count: 8, height: "h-12" }} empty={null}>
          {(items) => (
            <Table label="Alert rules">
              <TableHead hasActs>
                <Th>Rule</Th>
                <Th>Severity</Th>
                <Th isRight>Threshold</Th>
                <Th>Seen last</Th>
              </TableHead>
              <tbody>
                {items.map((rule) => (
                  <RuleRow
                    key={rule.name}
                    rule={rule}
                    onChange={mayChange ? () => setChanging(rule) : undefined}
                  />
                ))}
              </tbody>
            </Table>
          )}
        </QueryList>
      </Panel>
      {changing && <RuleDialog rule={changing} onClose={() => setChanging(null)} />}
    </AlertsFrame>
  );
}

function RuleRow({ rule, onChange }: { rule: AlertRule; onChange?: () => void }) {
  return (
    <Tr>
      <Td className="py-2">
        <Link
          to="/alerts/runbooks/$name"
          params={{ name: rule.runbook }}
          className="font-medium text-strong hover:underline"
        >
          {rule.title}
        </Link>
        <div className="text-xs text-muted">{rule.meaning}</div>
        {rule.seen !== null && <div className="mt-1 text-xs text-default desk:hidden">{rule.seen}</div>}
      </Td>
      <Td className="phone:hidden">
        {rule.is_enabled ? <SeverityChip severity={rule.severity} /> : <Chip>Off</Chip>}
      </Td>
      <Td isRight className="num whitespace-nowrap">
        {formatThreshold(rule.threshold, rule.unit)}
        {rule.threshold !== rule.default_threshold && <div className="text-xs text-muted">changed here</div>}
      </Td>
      <Td className="text-xs phone:hidden">
        {rule.seen ?? "not evaluated yet"}
        {rule.evaluated_at && (
          <div className="text-muted">
            <Time at={rule.evaluated_at} />
          </div>
        )}
      </Td>
      <Td isRight>
        {onChange && (
          <Button size="sm" aria-label={`Change ${rule.title}`} onClick={onChange}>
            Change
          </Button>
        )}
      </Td>
    </Tr>
  );
}

function RuleDialog({ rule, onClose }: { rule: AlertRule; onClose: () => void }) {
  const change = useChangeRule();
  const problem = isProblem(change.error) ? change.error : null;
  const factor = rule.unit === "share" ? 100 : 1;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get("threshold")).trim();
    change.mutate(
      { name: rule.name, threshold: text === "" ? null : Number(text) / factor },
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog isOpen onClose={onClose} title={rule.title} note={rule.meaning}>
      <form onSubmit={submit} className="contents">
        <DialogBody>
          <TextField
            label={rule.unit === "share" ? "Threshold in %" : `Threshold in ${rule.unit}`}
            name="threshold"
            type="number"
            step="any"
            min="0"
            autoFocus
            defaultValue={Number((rule.threshold * factor).toFixed(4))}
            hint={`Empty: ${formatThreshold(rule.default_threshold, rule.unit)}, from ${rule.variable}.`}
            error={problem?.for("threshold")}
          />
          <ProblemNote error={change.error} shownFields={["threshold"]} />
        </DialogBody>
        <DialogFoot>
          <Button
            onClick={() =>
              change.mutate({ name: rule.name, is_enabled: !rule.is_enabled }, { onSuccess: onClose })
            }
          >
            {rule.is_enabled ? "Switch off" : "Switch on"}
          </Button>
          <Button type="submit" look="filled" isBusy={change.isPending}>
            Save threshold
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
