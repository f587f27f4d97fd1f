/** One key, as printed on the keyboard. */
import { cx } from "class-variance-authority";

export function Kbd({
  children,
  isInverse = false,
  className,
}: {
  children: string;
  isInverse?: boolean;
  className?: string;
}) {
  return (
    <kbd
      className={cx(
        "inline-block min-w-[18px] rounded-xs border px-1 text-center font-mono text-2xs leading-4 coarse:hidden",
        isInverse ? "border-current" : "border-strong bg-panel text-muted",
        className,
      )}
    >
      {children}
    </kbd>
  );
}
