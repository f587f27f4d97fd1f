/** Buttons and links that look like them: at most one filled button on a screen. */
import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";

export const buttonStyle = cva(
  "inline-flex items-center justify-center gap-1.5 border font-medium whitespace-nowrap select-none transition-colors duration-[var(--motion-fast)] disabled:opacity-50 disabled:cursor-not-allowed aria-disabled:opacity-50 [&_svg]:shrink-0",
  {
    variants: {
      look: {
        plain: "bg-panel border-strong text-strong enabled:hover:bg-hover [a]:hover:bg-hover",
        // Where the system forces its colours, only turned round is it still the one that is filled.
        filled:
          "bg-inverse border-inverse text-inverse enabled:hover:opacity-90 [a]:hover:opacity-90 forced-colors:bg-[ButtonText] forced-colors:text-[ButtonFace] forced-colors:forced-color-adjust-none",
        quiet:
          "border-transparent text-muted enabled:hover:bg-hover enabled:hover:text-strong [a]:hover:bg-hover [a]:hover:text-strong",
        danger: "bg-panel border-danger text-danger enabled:hover:bg-danger-soft",
      },
      size: {
        sm: "h-[26px] px-2 text-xs rounded-sm coarse:h-11 coarse:px-3",
        md: "h-8 px-3 text-sm rounded-md coarse:h-11",
        lg: "h-10 px-4 text-md rounded-md coarse:h-11",
      },
      square: { true: "px-0 aspect-square", false: "" },
    },
    defaultVariants: { look: "plain", size: "md", square: false },
  },
);

export type ButtonLook = VariantProps<typeof buttonStyle>;
type ButtonProps = ComponentProps<"button"> & ButtonLook & { isBusy?: boolean };

export function Button({
  look,
  size,
  square,
  className,
  isBusy = false,
  type = "button",
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={isBusy || undefined}
      disabled={rest.disabled || isBusy}
      className={buttonStyle({ look, size, square, className })}
    />
  );
}

/** An icon alone, with its words for those who cannot see it. */
export function IconButton({ label, look = "quiet", ...rest }: ButtonProps & { label: string }) {
  return <Button {...rest} look={look} square aria-label={label} title={rest.title ?? label} />;
}
