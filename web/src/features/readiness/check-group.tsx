/** One group of checks: what needs a person stays open, what passes folds. */
import { cx } from "class-variance-authority";
import { useState } from "react";
import type { ReadinessCheck } from "@/api/types";
import { formatNumber } from "@/lib/format";
import { ResultLabel } from "@/ui/result-mark";
import { Time } from "@/ui/time";
import { type Group, KIND_WORDS } from "./verdict";

const SHOWN_PASSING = 3;

export function CheckGroup({ group }: { group: Group }) {
  const [isOpen, setOpen] = useState(false);
  const others = group.checks.filter((check) => check.result !== "PASS");
  const passing = group.checks.filter((check) => check.result === "PASS");
  const folded = isOpen ? 0 : Math.max(0, passing.length - SHOWN_PASSING);
  return (
    <tbody>
      <tr className="border-y border-default bg-sunken">
        <th scope="colgroup" colSpan={7} className="h-8 px-4 text-left font-semibold text-strong">
          <span className="flex items-center gap-2">
            {group.name}
            <span className="num font-regular text-muted">
              {group.passed} of {group.checks.length} pass
            </span>
            {(folded > 0 || isOpen) && passing.length > SHOWN_PASSING && (
              <button
                type="button"
                aria-expanded={isOpen}
                onClick={() => setOpen(!isOpen)}
                className="link ml-auto text-xs"
              >
                {isOpen ? "Show fewer" : `Show ${formatNumber(folded)} more that pass`}
              </button>
            )}
          </span>
        </th>
      </tr>
      {[...others, ...(isOpen ? passing : passing.slice(0, SHOWN_PASSING))].map((check) => (
        <CheckRow key={check.id} check={check} />
      ))}
    </tbody>
  );
}

const cell = "px-2 py-1.5 align-middle";

function CheckRow({ check }: { check: ReadinessCheck }) {
  const isBad = check.result === "FAIL";
  return (
    <tr
      className={cx(
        "h-[35px] border-b border-faint last:border-b-0 phone:grid phone:grid-cols-[92px_minmax(0,1fr)] phone:px-2 phone:py-1",
        isBad && "bg-danger-soft",
      )}
    >
      <td className={cx(cell, "pl-4", isBad && "shadow-[inset_3px_0_0_var(--danger-solid)]")}>
        <ResultLabel result={check.result} />
      </td>
      <td className={cx(cell, "font-medium text-strong")}>{check.title ?? check.id}</td>
      <td className={cx(cell, "text-xs text-muted capitalize phone:hidden")}>{check.level}</td>
      <td className={cx(cell, "font-mono text-code text-default [overflow-wrap:anywhere] phone:col-start-2")}>
        {check.evidence}
      </td>
      <td className={cx(cell, "text-xs text-muted phone:hidden peek:max-wide:hidden")}>
        {KIND_WORDS[check.kind] ?? check.kind}
      </td>
      <td className={cx(cell, "text-xs phone:col-start-2", !check.advice && "phone:hidden")}>
        {check.advice}
      </td>
      <td className={cx(cell, "pr-4 text-xs text-muted phone:hidden")}>
        {check.observed_at ? <Time at={check.observed_at} /> : "–"}
      </td>
    </tr>
  );
}
