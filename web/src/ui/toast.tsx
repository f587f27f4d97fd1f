/** What was done, with Undo for eight seconds. Errors never come as toasts. */
import { X } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Button, IconButton } from "@/ui/button";
import { announce } from "@/ui/live-region";

const SHOWN_FOR = 8_000;

export type Toast = { text: string; action?: { label: string; run: () => void }; isSticky?: boolean };
type Shown = Toast & { id: number };

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

export function Toasts() {
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <section
      aria-label="Notices"
      className="no-print pointer-events-none fixed bottom-4 left-[calc(var(--rail-width)+16px)] z-(--z-dialog) grid justify-items-start gap-2 phone:inset-x-3 phone:bottom-[calc(var(--bottombar-height)+12px)] phone:justify-items-stretch [body:has([data-float])_&]:bottom-18 phone:[body:has([data-float])_&]:bottom-[calc(var(--bottombar-height)+112px)]"
    >
      {toasts.map((toast) => (
        <ToastBox key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastBox({ toast }: { toast: Shown }) {
  const [isHeld, setHeld] = useState(false);
  const close = () => update(shown.filter((each) => each.id !== toast.id));
  useEffect(() => {
    if (toast.isSticky || isHeld) return;
    const timer = setTimeout(() => update(shown.filter((each) => each.id !== toast.id)), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [toast, isHeld]);
  const { action } = toast;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only keeps it from leaving.
    <div
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="pointer-events-auto flex animate-rise items-center gap-2 rounded-lg bg-inverse py-1.5 pr-1.5 pl-3.5 text-inverse shadow-float"
    >
      <span className="min-w-0 flex-1">{toast.text}</span>
      {action && (
        <Button
          size="sm"
          look="quiet"
          className="text-inverse! underline underline-offset-2 hover:bg-transparent!"
          onClick={() => {
            close();
            action.run();
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton
        label="Dismiss notice"
        size="sm"
        className="text-inverse! hover:bg-transparent!"
        onClick={close}
      >
        <X size={14} />
      </IconButton>
    </div>
  );
}
