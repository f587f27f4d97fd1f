/** The frame around every signed-in page: rail or bottom bar, palette, shortcuts, offline notice. */
import { Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useSession } from "@/api/session";
import { useShortcuts } from "@/lib/keyboard";
import { openPalette, setPaletteOpen, usePaletteOpen } from "@/ui/palette-state";
import { BottomBar } from "./bottom-bar";
import { OfflineNotice } from "./offline-notice";
import { FOOT_PLACES, MAIN_PLACES, mayGoTo } from "./places";
import { Rail } from "./rail";

const Palette = lazy(() => import("./palette"));
const ShortcutList = lazy(() => import("./shortcut-list"));

export function Shell() {
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const isPaletteOpen = usePaletteOpen();
  const [areShortcutsShown, showShortcuts] = useState(false);
  const { permissions } = useSession();
  const jumps = [...MAIN_PLACES, ...FOOT_PLACES]
    .filter(mayGoTo(permissions))
    .map(({ key, to }) => [`g ${key}`, () => void navigate({ to })]);
  useShortcuts({
    "Mod+k": openPalette,
    "?": () => showShortcuts(true),
    ...Object.fromEntries(jumps),
  });
  return (
    <div className="grid h-dvh grid-cols-[var(--rail-width)_minmax(0,1fr)] grid-rows-[minmax(0,1fr)] overflow-hidden phone:block phone:h-auto phone:min-h-dvh phone:overflow-visible phone:pb-[calc(var(--bottombar-height)+env(safe-area-inset-bottom))] print:block print:h-auto print:overflow-visible">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-(--z-dialog) focus:m-2 focus:rounded-md focus:bg-raised focus:px-3 focus:py-2"
      >
        Skip to the page
      </a>
      <Rail path={path} />
      <div className="flex min-h-0 min-w-0 flex-col">
        <OfflineNotice />
        <div className="min-h-0 flex-1">
          <Outlet />
        </div>
      </div>
      <BottomBar path={path} />
      <Suspense>
        {isPaletteOpen && (
          <Palette onClose={() => setPaletteOpen(false)} onShowShortcuts={() => showShortcuts(true)} />
        )}
        {areShortcutsShown && <ShortcutList onClose={() => showShortcuts(false)} />}
      </Suspense>
    </div>
  );
}
