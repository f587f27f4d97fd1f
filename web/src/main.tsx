/** Starts the app: one cache, one router, and the service worker once the page stands. */
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { setCsrfToken, whenSignedOut } from "@/api/client";
import { createQueryClient } from "@/api/query-client";
import { sessionQuery } from "@/api/session";
import { createAppRouter, loadCodeOfPage } from "@/router";
import "@/ui/app.css";

const queryClient = createQueryClient();
const router = createAppRouter(queryClient);
loadCodeOfPage(router);

whenSignedOut(() => {
  setCsrfToken(null);
  queryClient.setQueryData(sessionQuery.queryKey, null);
  router.invalidate();
});

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);

void import("@/return-place").then(({ keepPlaces }) => keepPlaces(router));
if (import.meta.env.PROD)
  void import("@/service-worker-client").then(({ registerServiceWorker }) => registerServiceWorker());
