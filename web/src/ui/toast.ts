/** What was done, to be shown with its Undo (`toasts.tsx`). Errors never come as toasts. */
import { announce } from "@/ui/live-region";

export type Toast = { text: string; action?: { label: string; run: () => void }; isSticky?: boolean };
export type Shown = Toast & { id: number };

let shown: Shown[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function update(next: Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

export function showToast(toast: Toast): void {
  update([...shown.filter((each) => each.isSticky).slice(-2), { ...toast, id: nextId++ }]);
  announce(toast.action ? `${toast.text}. ${toast.action.label} is offered.` : toast.text);
}

export function runLatestToastAction(): boolean {
  const latest = shown.findLast((toast) => toast.action !== undefined && !toast.isSticky);
  if (latest === undefined) return false;
  update(shown.filter((toast) => toast !== latest));
  latest.action?.run();
  return true;
}

export function dropToast(id: number): void {
  update(shown.filter((each) => each.id !== id));
}

export const shownToasts = () => shown;

export function onToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
