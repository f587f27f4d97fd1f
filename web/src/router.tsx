/** The router: lazy routes, readable addresses, and one page for "broke". */
import type { QueryClient } from "@tanstack/react-query";
import { createRouter, type RouterHistory } from "@tanstack/react-router";
import { formatSearch, parseSearch } from "@/lib/url-state";
import { routeTree } from "@/routes.gen";
import { BrokenPage } from "@/ui/broken";

export function createAppRouter(queryClient: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    history,
    context: { queryClient },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: false,
    parseSearch,
    stringifySearch: formatSearch,
    defaultErrorComponent: BrokenPage,
  });
}

/** What the page is made of comes while the session is looked up, not after it. What fails here fails again where it is needed. */
export function loadCodeOfPage(router: ReturnType<typeof createAppRouter>) {
  for (const { routeId } of router.matchRoutes(router.latestLocation))
    router
      .loadRouteChunk(router.routesById[routeId as keyof typeof router.routesById])
      ?.catch(() => undefined);
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
