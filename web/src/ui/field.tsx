/** Form fields: label, control, hint and error tied together. */
import { cx } from "class-variance-authority";
import { type ComponentProps, type ReactNode, useId } from "react";

const control =
  "w-full rounded-md border border-control bg-panel text-strong aria-invalid:border-(--danger-solid) disabled:opacity-60";

type Wrapped = { label: ReactNode; hint?: ReactNode; error?: string; isLabelHidden?: boolean };

function Wrap({
  id,
  label,
  hint,
  error,
  isLabelHidden,
  children,
}: Wrapped & { id: string; children: ReactNode }) {
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className={isLabelHidden ? "sr-only" : "font-medium text-strong"}>
        {label}
      </label>
      {children}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p id={`${id}-error`} className="text-xs text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

function described(id: string, { hint, error }: Wrapped): string | undefined {
  const ids = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
  return ids.length > 0 ? ids.join(" ") : undefined;
}

type TextFieldProps = Wrapped & ComponentProps<"input"> & { fieldSize?: "md" | "lg" };

export function TextField({
  label,
  hint,
  error,
  isLabelHidden,
  fieldSize = "md",
  className,
  ...rest
}: TextFieldProps) {
  const generated = useId();
  const id = rest.id ?? generated;
  const wrapped = { label, hint, error, isLabelHidden };
  return (
    <Wrap {...wrapped} id={id}>
      <input
        {...rest}
        id={id}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={described(id, wrapped)}
        className={cx(
          control,
          fieldSize === "lg" ? "h-10 px-3 text-md" : "h-8 px-2.5",
          "coarse:h-11 coarse:text-lg",
          className,
        )}
      />
    </Wrap>
  );
}

export function TextArea({
  label,
  hint,
  error,
  isLabelHidden,
  className,
  ...rest
}: Wrapped & ComponentProps<"textarea">) {
  const generated = useId();
  const id = rest.id ?? generated;
  const wrapped = { label, hint, error, isLabelHidden };
  return (
    <Wrap {...wrapped} id={id}>
      <textarea
        {...rest}
        id={id}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={described(id, wrapped)}
        className={cx(control, "min-h-20 px-2.5 py-2 leading-normal coarse:text-lg", className)}
      />
    </Wrap>
  );
}

export function SelectField({
  label,
  hint,
  error,
  isLabelHidden,
  className,
  children,
  ...rest
}: Wrapped & ComponentProps<"select">) {
  const generated = useId();
  const id = rest.id ?? generated;
  const wrapped = { label, hint, error, isLabelHidden };
  return (
    <Wrap {...wrapped} id={id}>
      <select
        {...rest}
        id={id}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={described(id, wrapped)}
        className={cx(control, "h-8 px-2 coarse:h-11 coarse:text-lg", className)}
      >
        {children}
      </select>
    </Wrap>
  );
}

/** A native checkbox, drawn as ours. */
export function Checkbox({ className, ...rest }: Omit<ComponentProps<"input">, "type">) {
  return (
    <input
      {...rest}
      type="checkbox"
      className={cx(
        "relative size-3.5 shrink-0 appearance-none rounded-xs border-[1.5px] border-control bg-panel checked:border-accent checked:bg-accent",
        "after:absolute after:top-0 after:left-[3px] after:hidden after:h-2 after:w-[5px] after:rotate-45 after:border-r-2 after:border-b-2 after:border-(--accent-on) checked:after:block",
        "indeterminate:border-accent indeterminate:bg-accent before:absolute before:top-1/2 before:left-0.5 before:hidden before:h-0.5 before:w-[7px] before:-translate-y-1/2 before:bg-(--accent-on) indeterminate:before:block",
        "forced-colors:appearance-auto",
        className,
      )}
    />
  );
}

export function FormError({ children }: { children: ReactNode }) {
  return (
    <div role="alert" className="rounded-md border border-danger bg-danger-soft px-3 py-2 text-default">
      {children}
    </div>
  );
}
