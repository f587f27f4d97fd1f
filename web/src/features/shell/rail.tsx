/** The desktop rail: icon and label, never an icon alone. */
import { Link } from "@tanstack/react-router";
import { cx } from "class-variance-authority";
import { lazy, Suspense } from "react";
import { useSession } from "@/api/session";
import { Avatar } from "@/ui/avatar";
import { Logo } from "@/ui/logo";
import { FOOT_PLACES, isAt, MAIN_PLACES, mayGoTo, type Place } from "./places";
import { ReadinessDot } from "./readiness-dot";

const PersonMenu = lazy(() => import("./person-menu"));

function RailLink({ place, path }: { place: Place; path: string }) {
  const isOn = isAt(place, path);
  return (
    <Link
      to={place.to}
      aria-current={isOn ? "page" : undefined}
      className={cx(
        "focus-inset relative flex w-[72px] flex-col items-center gap-[3px] rounded-md pt-1.5 pb-1 text-2xs leading-[14px] font-medium hover:bg-active hover:text-strong",
        isOn ? "bg-active text-strong [&_svg:first-child]:text-accent" : "text-muted",
      )}
    >
      <place.icon size={20} strokeWidth={1.6} aria-hidden="true" />
      {place.to === "/readiness" && <ReadinessDot />}
      {place.label}
    </Link>
  );
}

export function Rail({ path }: { path: string }) {
  const { user, permissions } = useSession();
  const foot = FOOT_PLACES.filter(mayGoTo(permissions));
  return (
    <nav
      aria-label="Main"
      className="no-print flex flex-col items-center gap-0.5 overflow-y-auto border-r border-default bg-rail py-3 phone:hidden"
    >
      <Link to="/" className="mt-0.5 mb-4 rounded-md" aria-label="Hauberk, overview">
        <Logo className="size-[34px]" />
      </Link>
      {MAIN_PLACES.map((place) => (
        <RailLink key={place.to} place={place} path={path} />
      ))}
      <span className="flex-1" />
      {foot.map((place) => (
        <RailLink key={place.to} place={place} path={path} />
      ))}
      <Suspense
        fallback={
          <span className="mt-2 grid size-9 place-items-center">
            <Avatar name={user.name} />
          </span>
        }
      >
        <PersonMenu />
      </Suspense>
    </nav>
  );
}
