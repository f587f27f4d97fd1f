/** The frame of one page: title, scope, search, one action; then the content. */
import { Search } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { MOD } from "@/lib/keyboard";
import { IconButton } from "@/ui/button";
import { Kbd } from "@/ui/kbd";
import { announce } from "@/ui/live-region";
import { Logo } from "@/ui/logo";
import { openPalette } from "@/ui/palette-state";

type PageProps = {
  title: string;
  /** What the page speaks of: a crumb, a host, a count. */
  scope?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  /** Content that lays itself out edge to edge (findings). */
  isBare?: boolean;
};

let isFirstPage = true;

export function Page({ title, scope, action, children, isBare = false }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Hauberk`;
  }, [title]);
  // The link that led here is gone with its page. The first page is the browser's own business: there the way begins above.
  useEffect(() => {
    if (!isFirstPage && (document.activeElement === null || document.activeElement === document.body))
      document.getElementById("main")?.focus({ preventScroll: true });
    isFirstPage = false;
  }, []);
  useEffect(() => {
    if (!isFirstPage) announce(title);
  }, [title]);
  return (
    <div className="flex h-full min-h-0 flex-col phone:h-auto phone:min-h-full">
      <header className="no-print flex h-(--topbar-height) shrink-0 items-center gap-3 border-b border-default bg-panel px-5 phone:sticky phone:top-0 phone:z-(--z-sticky) phone:gap-2 phone:px-4">
        <Logo className="size-[30px] desk:hidden" />
        <h1 className="min-w-0 truncate text-lg tracking-tight">{title}</h1>
        {scope !== undefined && (
          <div className="flex min-w-0 items-center gap-3 overflow-clip text-default [overflow-clip-margin:4px] has-[>a]:shrink-0 before:h-[18px] before:w-px before:bg-(--border-strong) phone:before:hidden">
            {scope}
          </div>
        )}
        <span className="flex-1" />
        <button
          type="button"
          onClick={openPalette}
          className="hidden h-8 w-[260px] items-center gap-2 rounded-md border border-strong bg-canvas px-2 text-muted hover:bg-hover peek:flex"
        >
          <Search size={16} strokeWidth={1.75} aria-hidden="true" />
          <span className="flex-1 text-left">Search or jump to</span>
          <Kbd>{`${MOD}K`}</Kbd>
        </button>
        <IconButton label="Search or jump to" onClick={openPalette} className="peek:hidden">
          <Search size={18} strokeWidth={1.75} />
        </IconButton>
        {action}
      </header>
      {isBare ? (
        children
      ) : (
        <main
          id="main"
          tabIndex={-1}
          className="min-h-0 flex-1 overflow-auto px-5 pt-4 pb-6 outline-none phone:overflow-visible phone:p-3"
        >
          <div className="mx-auto grid max-w-(--page-max) grid-cols-[minmax(0,1fr)] content-start gap-3">
            {children}
          </div>
        </main>
      )}
    </div>
  );
}
