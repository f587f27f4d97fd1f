/** Keys for a list of links: j and k (or the arrows) move the focus from row to row; Enter then belongs to the link. */
import type { RefObject } from "react";
import { useShortcuts } from "@/lib/keyboard";

const ROW_LINK = "[data-row-link]";

export function useRowKeys(list: RefObject<HTMLElement | null>): void {
  const move = (step: 1 | -1) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>(ROW_LINK) ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    const next = at < 0 ? (step === 1 ? 0 : links.length - 1) : at + step;
    const target = links[Math.max(0, Math.min(next, links.length - 1))];
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
  });
}
