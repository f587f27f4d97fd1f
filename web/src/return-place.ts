/** Coming back to a page leads to where the person was on it: as far down, and on the link that led away. Kept for each entry
    of the history, so that the same page opened anew begins at its top. */
import type { AnyRouter } from "@tanstack/react-router";

type Place = { top: number; link?: string };

/** How long a page may take to become as long as it was. */
const PATIENCE = 3_000;

/** On a phone the window scrolls, elsewhere the page's own landmark. */
const topOf = (main: Element) => Math.max(main.scrollTop, window.scrollY);

export function keepPlaces(router: AnyRouter): () => void {
  const places = new Map<string, Place>();
  let stop = () => {};
  const noted = (): Place => {
    const key = keyOf(router.state.resolvedLocation ?? router.state.location);
    const place = places.get(key) ?? { top: 0 };
    places.set(key, place);
    return place;
  };
  const onScroll = ({ target }: Event) => {
    const main = document.getElementById("main");
    if (main && (target === main || target === document)) noted().top = topOf(main);
  };
  const onFocus = ({ target }: Event) => {
    if (target instanceof HTMLAnchorElement && target.closest("#main"))
      noted().link = target.getAttribute("href") ?? undefined;
  };
  document.addEventListener("scroll", onScroll, { capture: true, passive: true });
  document.addEventListener("focusin", onFocus);
  const unsubscribe = router.subscribe("onRendered", ({ toLocation, pathChanged }) => {
    if (!pathChanged) return;
    stop();
    stop = returnTo(places.get(keyOf(toLocation)) ?? { top: 0 });
  });
  return () => {
    stop();
    unsubscribe();
    document.removeEventListener("scroll", onScroll, { capture: true });
    document.removeEventListener("focusin", onFocus);
  };
}

const keyOf = ({ state }: { state: { __TSR_key?: string } }) => state.__TSR_key ?? "";

/** At once where the answers are still there, else when they have come; not against whoever has begun to move. */
function returnTo({ top, link }: Place): () => void {
  const main = document.getElementById("main");
  if (!main) return () => {};
  const size = new ResizeObserver(() => attempt());
  const stop = () => {
    size.disconnect();
    clearTimeout(patience);
    for (const each of ["wheel", "touchmove", "keydown", "pointerdown"])
      window.removeEventListener(each, stop);
  };
  const attempt = () => {
    main.scrollTop = top;
    window.scrollTo(0, top);
    const led = link && main.querySelector<HTMLElement>(`a[href="${CSS.escape(link)}"]`);
    // Whoever has gone on by key meanwhile is left alone.
    if (led && (document.activeElement === main || document.activeElement === document.body))
      led.focus({ preventScroll: true });
    if (topOf(main) >= top - 1 && (led || !link)) stop();
  };
  const patience = setTimeout(() => stop(), PATIENCE);
  for (const each of ["wheel", "touchmove", "keydown", "pointerdown"])
    window.addEventListener(each, stop, { passive: true });
  for (const part of [main, ...main.children]) size.observe(part);
  attempt();
  return stop;
}
