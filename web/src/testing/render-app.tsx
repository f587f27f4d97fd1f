/** Renders the whole app at an address, over the mock server: tests use it as a person would. */
import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { createQueryClient } from "@/api/query-client";
import { createAppRouter } from "@/router";

export function renderApp(address: string) {
  const queryClient = createQueryClient();
  queryClient.setDefaultOptions({ queries: { ...queryClient.getDefaultOptions().queries, retry: false } });
  const router = createAppRouter(queryClient, createMemoryHistory({ initialEntries: [address] }));
  const view = render(
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { ...view, router, queryClient, user: userEvent.setup(), address: () => router.state.location.href };
}

/** What axe finds, in words; colours are checked by the contrast test and in the browser. */
export async function axeProblems(): Promise<string[]> {
  const { violations, passes } = await axe.run(document.body, {
    rules: {
      "color-contrast": { enabled: false },
      region: { enabled: false },
      "label-content-name-mismatch": { enabled: true },
    },
  });
  if (passes.length === 0) throw new Error("axe looked at nothing");
  return violations.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.html}`));
}
