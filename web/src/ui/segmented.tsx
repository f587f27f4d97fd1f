/** A few choices side by side, one of them on. */
import { cx } from "class-variance-authority";
import type { ReactNode } from "react";

type Choice<Value extends string> = { value: Value; label: string; icon?: ReactNode };
type SegmentedProps<Value extends string> = {
  label: string;
  value: Value;
  choices: Choice<Value>[];
  onChange: (value: Value) => void;
  className?: string;
};

export function Segmented<Value extends string>({
  label,
  value,
  choices,
  onChange,
  className,
}: SegmentedProps<Value>) {
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className={cx("inline-flex overflow-hidden rounded-sm border border-strong", className)}
    >
      {choices.map((choice) => (
        <label
          key={choice.value}
          title={choice.label}
          className={cx(
            "relative inline-flex h-6 items-center gap-1.5 px-2 text-xs font-medium coarse:h-11 coarse:px-3 has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-(--focus-ring)",
            choice.value === value ? "bg-active text-strong" : "text-muted hover:bg-hover",
          )}
        >
          <input
            type="radio"
            className="absolute inset-0 cursor-pointer appearance-none outline-none"
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            aria-label={choice.label}
          />
          {choice.icon ?? choice.label}
        </label>
      ))}
    </div>
  );
}
