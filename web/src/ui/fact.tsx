/** A strip of facts: a quiet label above one value each. */
import { cx } from "class-variance-authority";
import type { ReactNode } from "react";

export function Facts({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <dl
      className={cx(
        "grid grid-cols-[repeat(auto-fit,minmax(112px,1fr))] gap-px overflow-hidden rounded-md border border-default",
        className,
      )}
    >
      {children}
    </dl>
  );
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid content-start gap-0.5 px-3 py-2 [box-shadow:0_0_0_1px_var(--border-default)]">
      <dt className="text-xs text-muted">{label}</dt>
      <dd dir="auto" className="min-w-0 text-left font-medium text-strong [overflow-wrap:anywhere]">
        {children}
      </dd>
    </div>
  );
}
