import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Outlet } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { LiveRegion } from "@/ui/live-region";

const Toasts = lazy(() => import("@/ui/toasts"));

export const Route = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: () => (
    <>
      <Outlet />
      <Suspense>
        <Toasts />
      </Suspense>
      <LiveRegion />
    </>
  ),
});
