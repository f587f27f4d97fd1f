/** The phone's bar: five places, the rest behind More. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { lazy, Suspense } from "react";
import { useSession } from "@/api/session";
import { FOOT_PLACES, isAt, MAIN_PLACES, mayGoTo, type Place } from "./places";

const MoreMenu = lazy(() => import("./more-menu"));

const SHOWN = ["/", "/findings", "/scans", "/assets"];
const cell =
  "focus-inset grid h-full w-full place-content-center justify-items-center gap-[3px] text-2xs font-medium";

export function BottomBar({ path }: { path: string }) {
  const { permissions } = useSession();
  const shown = SHOWN.flatMap((to) => MAIN_PLACES.filter((place) => place.to === to));
  const rest: Place[] = [
    ...MAIN_PLACES.filter((place) => !SHOWN.includes(place.to)),
    ...FOOT_PLACES.filter(mayGoTo(permissions)),
  ];
  const isInRest = rest.some((place) => isAt(place, path));
  return (
    <nav
      aria-label="Places"
      className="no-print fixed inset-x-0 bottom-0 z-(--z-float) hidden h-[calc(var(--bottombar-height)+env(safe-area-inset-bottom))] grid-cols-5 border-t border-default bg-panel pb-[env(safe-area-inset-bottom)] phone:grid"
    >
      {shown.map((place) => (
        <Link
          key={place.to}
          to={place.to}
          aria-current={isAt(place, path) ? "page" : undefined}
          className={cx(cell, isAt(place, path) ? "text-strong [&_svg]:text-accent" : "text-muted")}
        >
          <place.icon size={20} strokeWidth={1.6} aria-hidden="true" />
          {place.label}
        </Link>
      ))}
      <Suspense fallback={<span />}>
        <MoreMenu
          places={rest}
          className={cx(cell, isInRest ? "text-strong [&_svg]:text-accent" : "text-muted")}
        />
      </Suspense>
    </nav>
  );
}
