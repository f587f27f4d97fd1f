/** The filters people reach for first, as buttons that write into the same filter text. */
import { cx } from "class-variance-authority";
import type { ReactNode } from "react";
import type { Severity } from "@/api/types";
import { chosenValues, toggleValue } from "@/lib/filter-query";
import { SEVERITIES, SEVERITY_WORD } from "@/lib/words";
import { SeverityMark } from "@/ui/severity";

type QuickFiltersProps = { q: string; onChange: (q: string) => void };

function Toggle({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={onClick}
      className={cx(
        "inline-flex h-7 items-center gap-1.5 rounded-sm border px-2 text-xs font-medium whitespace-nowrap coarse:h-11 coarse:px-3",
        isOn
          ? "border-accent bg-selected text-strong"
          : "border-default bg-panel text-default hover:bg-hover hover:text-strong",
      )}
    >
      {children}
    </button>
  );
}

export function QuickFilters({ q, onChange }: QuickFiltersProps) {
  const severities = chosenValues(q, "severity");
  const isChosen = (key: string) => chosenValues(q, key).includes("true");
  const toggle = (key: string, value: string) => onChange(toggleValue(q, key, value));
  return (
    <div
      role="group"
      aria-label="Quick filters"
      className="flex gap-1.5 overflow-x-auto scroll-quiet p-0.5 phone:-mx-3 phone:px-3"
    >
      {SEVERITIES.map((severity: Severity) => (
        <Toggle
          key={severity}
          isOn={severities.includes(severity)}
          onClick={() => toggle("severity", severity)}
        >
          <SeverityMark severity={severity} className="size-3" />
          {SEVERITY_WORD[severity]}
        </Toggle>
      ))}
      <span className="mx-1 w-px shrink-0 self-stretch bg-(--border-default)" aria-hidden="true" />
      <Toggle isOn={isChosen("known_exploited")} onClick={() => toggle("known_exploited", "true")}>
        Known exploited
      </Toggle>
      <Toggle isOn={isChosen("fix")} onClick={() => toggle("fix", "true")}>
        Has a fix
      </Toggle>
    </div>
  );
}
