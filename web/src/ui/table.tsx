/** A plain table: real table elements, hairlines, 35-40 px rows; scrolls sideways inside its panel. */
import { cx } from "class-variance-authority";
import type { ReactNode } from "react";

export function Table({
  label,
  children,
  className,
}: {
  label: string;
  children: ReactNode;
  className?: string;
}) {
  return (
    <div className="overflow-x-auto scroll-quiet">
      <table aria-label={label} className={cx("w-full border-collapse", className)}>
        {children}
      </table>
    </div>
  );
}

type CellProps = { children?: ReactNode; isRight?: boolean; className?: string; colSpan?: number };

export function Th({ children, isRight = false, className }: CellProps) {
  return (
    <th
      scope="col"
      className={cx(
        "border-b border-default px-2 py-1.5 text-xs font-medium whitespace-nowrap text-muted first:pl-4 last:pr-4",
        isRight ? "text-right" : "text-left",
        className,
      )}
    >
      {children}
    </th>
  );
}

/** The names of the columns, which a phone has no room for; `hasActs`: the last one holds buttons and is named for readers only. */
export function TableHead({ children, hasActs = false }: { children: ReactNode; hasActs?: boolean }) {
  return (
    <thead className="phone:hidden">
      <tr>
        {children}
        {hasActs && (
          <Th>
            <span className="sr-only">Acts</span>
          </Th>
        )}
      </tr>
    </thead>
  );
}

export function Tr({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <tr className={cx("border-b border-faint last:border-b-0 hover:bg-hover", className)}>{children}</tr>
  );
}

export function Td({ children, isRight = false, className, colSpan }: CellProps) {
  return (
    <td
      colSpan={colSpan}
      className={cx("h-(--row-table) px-2 first:pl-4 last:pr-4", isRight && "num text-right", className)}
    >
      {children}
    </td>
  );
}
