/** A flat surface behind a hairline, with an optional head. */
import { cx } from "class-variance-authority";
import type { ReactNode } from "react";

export function Panel({
  children,
  className,
  label,
}: {
  children: ReactNode;
  className?: string;
  label?: string;
}) {
  return (
    <section
      aria-label={label}
      className={cx("min-w-0 rounded-lg border border-default bg-panel", className)}
    >
      {children}
    </section>
  );
}

export function PanelHead({
  title,
  note,
  children,
}: {
  title: string;
  note?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 px-4 pt-3 pb-2">
      <h2 className="text-md tracking-tight whitespace-nowrap">{title}</h2>
      {note !== undefined && <span className="min-w-0 text-xs text-muted">{note}</span>}
      {children !== undefined && (
        <div className="ml-auto flex items-center gap-3 text-xs [&>a]:reach">{children}</div>
      )}
    </div>
  );
}
