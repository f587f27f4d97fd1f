/** A filter people reach for first, as a button that writes into the same filter text; and the row of them. */
import { cx } from "class-variance-authority";
import type { ReactNode } from "react";
import { isChosen, toggleValue } from "@/lib/filter-query";
import { SEVERITIES, SEVERITY_WORD } from "@/lib/words";
import { SeverityMark } from "@/ui/severity";

type FilterProps = { q: string; onChange: (q: string) => void };

export function FilterToggles({ children }: { children: ReactNode }) {
  return (
    <div
      role="group"
      aria-label="Quick filters"
      className="flex max-w-full gap-1.5 overflow-x-auto scroll-quiet p-0.5 phone:-mx-3 phone:px-3"
    >
      {children}
    </div>
  );
}

export function FilterToggle({
  q,
  onChange,
  term,
  value,
  children,
}: FilterProps & { term: string; value: string; children: ReactNode }) {
  const isOn = isChosen(q, term, value);
  return (
    <button
      type="button"
      aria-pressed={isOn}
      onClick={() => onChange(toggleValue(q, term, value))}
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

export function SeverityToggles(props: FilterProps) {
  return SEVERITIES.map((severity) => (
    <FilterToggle key={severity} {...props} term="severity" value={severity}>
      <SeverityMark severity={severity} className="size-3" />
      {SEVERITY_WORD[severity]}
    </FilterToggle>
  ));
}

export function FilterGap() {
  return <span className="mx-1 w-px shrink-0 self-stretch bg-(--border-default)" aria-hidden="true" />;
}
