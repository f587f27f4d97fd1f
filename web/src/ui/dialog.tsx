/** Dialogs and sheets. Radix keeps the focus; our own scrim stands in for its overlay, which would write a style element
    that the content policy refuses. */
import { cx } from "class-variance-authority";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { IconButton } from "@/ui/button";

type DialogProps = {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  note?: ReactNode;
  children: ReactNode;
  look?: "box" | "sheet" | "palette";
  isTitleHidden?: boolean;
  onOpenFocus?: (event: Event) => void;
  /** The page's own keys go on working: for a sheet that stands in for a column. */
  doKeysPass?: boolean;
  /** That it is open stands in the address: there Back closes it already. */
  isInAddress?: boolean;
};

const LOOK = {
  box: "top-[12vh] left-1/2 w-[480px] max-w-[calc(100vw-24px)] max-h-[76vh] -translate-x-1/2 rounded-lg border border-strong animate-appear",
  palette:
    "top-[10vh] left-1/2 w-[620px] max-w-[calc(100vw-24px)] max-h-[70vh] -translate-x-1/2 rounded-lg border border-strong animate-appear overflow-hidden",
  sheet:
    "bg-panel! inset-y-0 right-0 w-(--peek-width) max-w-full animate-sheet border-l border-default phone:w-full phone:border-0",
};

export function Dialog({
  isOpen,
  onClose,
  title,
  note,
  children,
  look = "box",
  isTitleHidden = false,
  onOpenFocus,
  doKeysPass = false,
  isInAddress = false,
}: DialogProps) {
  const [wasOpen, setWasOpen] = useState(false);
  const [opener, setOpener] = useState<Element | null>(null);
  if (isOpen !== wasOpen) {
    setWasOpen(isOpen);
    if (isOpen) setOpener(openerOf(document.activeElement));
  }
  useBack(isOpen && !isInAddress, onClose);
  return (
    <Radix.Root open={isOpen} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <div className="fixed inset-0 z-(--z-dialog) animate-appear bg-scrim" aria-hidden="true" />
        <Radix.Content
          onOpenAutoFocus={onOpenFocus}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            giveFocusBack(opener);
          }}
          data-keys-pass={doKeysPass || undefined}
          aria-describedby={undefined}
          className={cx("fixed z-(--z-dialog) flex flex-col bg-raised shadow-float outline-none", LOOK[look])}
        >
          <div className={isTitleHidden ? "sr-only" : "flex items-start gap-3 px-4 pt-3.5 pb-1"}>
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-lg tracking-tight">{title}</Radix.Title>
              {note !== undefined && <div className="mt-0.5 text-muted">{note}</div>}
            </div>
            {!isTitleHidden && (
              <Radix.Close asChild>
                <IconButton label="Close" size="sm">
                  <X size={16} />
                </IconButton>
              </Radix.Close>
            )}
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

type Watcher = { onclose: (() => void) | null; destroy: () => void };

/** On a phone Back closes what lies above the page; without that it leads off the page, and what was typed is lost. The
    Escape key is Radix's: it takes it before a watcher hears of it. Browsers that have none go on as before. */
function useBack(isOpen: boolean, onClose: () => void): void {
  const latest = useRef(onClose);
  useEffect(() => {
    latest.current = onClose;
  });
  useEffect(() => {
    const { CloseWatcher } = window as { CloseWatcher?: new () => Watcher };
    if (!isOpen || CloseWatcher === undefined) return;
    const watcher = new CloseWatcher();
    watcher.onclose = () => latest.current();
    return () => watcher.destroy();
  }, [isOpen]);
}

/** Of a menu, which is gone by then, the button that opened it. */
function openerOf(active: Element | null): Element | null {
  const trigger = active?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  return trigger ? document.getElementById(trigger) : active;
}

/** To where the person was, else to the page: from the body a reader would begin at the top again. */
function giveFocusBack(opener: Element | null): void {
  const isThere = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
  (isThere ? opener : document.getElementById("main"))?.focus({ preventScroll: true });
}

export function DialogBody({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={cx("grid min-h-0 gap-3 overflow-auto px-4 py-2", className)}>{children}</div>;
}

export function DialogFoot({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap items-center justify-end gap-2 px-4 pt-2 pb-4">{children}</div>;
}
