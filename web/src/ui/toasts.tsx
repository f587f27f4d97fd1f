/** What was done, with Undo for eight seconds. Comes after the first page, which has done nothing yet. */
import { X } from "lucide-react";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Button, IconButton } from "@/ui/button";
import { dropToast, onToasts, type Shown, shownToasts } from "@/ui/toast";

const SHOWN_FOR = 8_000;

export default function Toasts() {
  const toasts = useSyncExternalStore(onToasts, shownToasts);
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
  const close = () => dropToast(toast.id);
  useEffect(() => {
    if (toast.isSticky || isHeld) return;
    const timer = setTimeout(() => dropToast(toast.id), SHOWN_FOR);
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
