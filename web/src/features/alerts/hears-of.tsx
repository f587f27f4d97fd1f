/** What a channel hears of: from which severity on, and of which rules. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Checkbox, SelectField } from "@/ui/field";
import { rulesQuery } from "./queries";
import type { AlertSeverity } from "./types";

type Props = { severity?: AlertSeverity; rules?: string[]; error?: string };

/** In a form it says `least_severity`, and `rule` as often as one is chosen; not at all for every rule. */
export function HearsOf({ severity = "warning", rules: chosen = [], error }: Props) {
  const { data } = useQuery(rulesQuery);
  const [isChosen, setChosen] = useState(chosen.length > 0);
  return (
    <>
      <SelectField label="Hears of" name="least_severity" defaultValue={severity}>
        <option value="info">everything</option>
        <option value="warning">warnings and graver</option>
        <option value="critical">critical alerts only</option>
      </SelectField>
      <SelectField
        label="Of the rules"
        value={isChosen ? "chosen" : "all"}
        onChange={(event) => setChosen(event.target.value === "chosen")}
        error={error}
      >
        <option value="all">all, and those to come</option>
        <option value="chosen">only some…</option>
      </SelectField>
      {isChosen && (
        <fieldset className="grid max-h-52 grid-cols-2 gap-x-3 overflow-y-auto rounded-md border border-default px-3 py-2 phone:grid-cols-1">
          <legend className="sr-only">Rules that it hears of</legend>
          {data?.map((rule) => (
            <label key={rule.name} className="flex min-h-7 items-center gap-2 coarse:min-h-11">
              <Checkbox name="rule" value={rule.name} defaultChecked={chosen.includes(rule.name)} />
              <span className="text-default">{rule.title}</span>
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}
