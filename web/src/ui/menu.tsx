/** A menu under a button. The button stands at once; what opens is fetched when a pointer or the focus comes near it. */
import { cloneElement, type ReactElement, type ReactNode, useState } from "react";
import type { ItemProps, OpenMenuProps } from "./menu-open";

let opened: typeof import("./menu-open") | undefined;

async function fetchMenu(): Promise<void> {
  opened = await import("./menu-open");
}

type TriggerProps = Record<
  "onClick" | "onKeyDown" | "onFocus" | "onPointerEnter",
  ((event: never) => void) | undefined
>;
type MenuProps = Pick<OpenMenuProps, "children" | "align" | "side"> & { trigger: ReactElement };

export function Menu({ trigger, children, align, side }: MenuProps) {
  const [isReady, setReady] = useState(opened !== undefined);
  const [asked, ask] = useState<"pointer" | "keys">();
  if (isReady && opened)
    return (
      <opened.OpenMenu trigger={trigger} align={align} side={side} asked={asked}>
        {children}
      </opened.OpenMenu>
    );

  const warm = () => void fetchMenu().catch(() => undefined);
  const open = (by: "pointer" | "keys") => {
    // What cannot be fetched breaks here as any other part of the page would.
    const broken = (error: unknown) =>
      setReady(() => {
        throw error;
      });
    fetchMenu().then(() => {
      ask(by);
      setReady(true);
    }, broken);
  };
  return cloneElement(trigger as ReactElement<TriggerProps & Record<string, unknown>>, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onPointerEnter: warm,
    onFocus: warm,
    onClick: (event: React.MouseEvent) => open(event.detail === 0 ? "keys" : "pointer"),
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      open("keys");
    },
  });
}

/* Drawn only in an open menu, and by then all of it is there. */

export function MenuItem(props: ItemProps) {
  return opened && <opened.MenuItem {...props} />;
}

export function MenuChoice(props: ItemProps & { isChosen: boolean }) {
  return opened && <opened.MenuChoice {...props} />;
}

export function MenuLabel(props: { children: ReactNode }) {
  return opened && <opened.MenuLabel {...props} />;
}

export function MenuLine() {
  return opened && <opened.MenuLine />;
}
