/** The menu itself: where it stands, what the arrows do, what closes it. Not modal: the page behind stays as it is. */
import { cx } from "class-variance-authority";
import { Check } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { type ReactNode, useEffect, useRef, useState } from "react";

export type OpenMenuProps = {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "right" | "bottom";
  /** It was asked for before it was here: by a click, or by a key, after which the first item has the focus. */
  asked?: "pointer" | "keys";
};

export function OpenMenu({ trigger, children, align = "end", side = "bottom", asked }: OpenMenuProps) {
  const [isOpen, setOpen] = useState(asked !== undefined);
  const content = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (asked !== "keys") return;
    // After the menu has taken the focus for itself.
    const frame = requestAnimationFrame(() =>
      content.current?.querySelector<HTMLElement>("[role^=menuitem]:not([data-disabled])")?.focus(),
    );
    return () => cancelAnimationFrame(frame);
  }, [asked]);
  return (
    <DropdownMenu.Root modal={false} open={isOpen} onOpenChange={setOpen}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      {/* Within the page's landmark: what stands outside of all, a reader does not come to. */}
      <DropdownMenu.Portal container={document.getElementById("main")}>
        <DropdownMenu.Content
          ref={content}
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-(--z-dialog) max-h-[60vh] min-w-48 animate-rise overflow-auto rounded-lg border border-strong bg-raised p-1 shadow-float"
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const item =
  "flex min-h-[30px] coarse:min-h-11 w-full items-center gap-2 rounded-sm px-2 text-left text-default outline-none select-none data-highlighted:bg-active data-highlighted:text-strong data-disabled:opacity-50";

export type ItemProps = {
  children: ReactNode;
  onSelect: () => void;
  hint?: ReactNode;
  isDanger?: boolean;
  isDisabled?: boolean;
};

export function MenuItem({ children, onSelect, hint, isDanger = false, isDisabled = false }: ItemProps) {
  return (
    <DropdownMenu.Item
      disabled={isDisabled}
      onSelect={onSelect}
      className={cx(item, isDanger && "text-danger")}
    >
      <span className="flex min-w-0 flex-1 items-center gap-2">{children}</span>
      {hint}
    </DropdownMenu.Item>
  );
}

export function MenuChoice({ children, isChosen, onSelect, hint }: ItemProps & { isChosen: boolean }) {
  return (
    <DropdownMenu.CheckboxItem checked={isChosen} onSelect={onSelect} className={item}>
      <span className="grid size-4 place-items-center text-accent">
        {isChosen && <Check size={14} strokeWidth={2.5} />}
      </span>
      <span className="flex min-w-0 flex-1 items-center gap-2">{children}</span>
      {hint}
    </DropdownMenu.CheckboxItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <DropdownMenu.Label className="px-2 py-1 text-xs font-medium text-muted">{children}</DropdownMenu.Label>
  );
}

export function MenuLine() {
  return <DropdownMenu.Separator className="my-1 border-t border-faint" />;
}
