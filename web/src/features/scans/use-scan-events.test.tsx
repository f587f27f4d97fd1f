import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { renderHook, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import type { PropsWithChildren } from "react";
import { expect, it } from "vitest";
import { createQueryClient } from "@/api/query-client";
import type { Scan } from "@/api/types";
import { server } from "@/testing/mock-server";
import { ASK_AGAIN, useScanEvents } from "./use-scan-events";

const scan = { id: "scn_1", file_name: "trivy.json", state: "running" } as Scan;
const finished = { ...scan, state: "done" };

it("has the lists asked for once when a scan ends, and leaves them alone afterwards", async () => {
  server.use(
    http.get("*/api/v1/scans/scn_1", () => HttpResponse.json(finished)),
    http.get("*/api/v1/scans/scn_1/events", () =>
      HttpResponse.text(`event: finished\ndata: ${JSON.stringify(finished)}\n\n`),
    ),
  );
  let asked = 0;
  const client = createQueryClient();
  const { result } = renderHook(
    () => {
      useQuery({ queryKey: ["findings", "page", "is:open"], queryFn: () => ++asked });
      return useScanEvents(scan);
    },
    {
      wrapper: ({ children }: PropsWithChildren) => (
        <QueryClientProvider client={client}>{children}</QueryClientProvider>
      ),
    },
  );
  await waitFor(() => expect(result.current.state).toBe("done"));
  await waitFor(() => expect(asked).toBe(2));
  await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN + 300));
  expect(asked).toBe(2);
});
