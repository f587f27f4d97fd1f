import { QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import type { PropsWithChildren } from "react";
import { expect, it } from "vitest";
import { createQueryClient } from "@/api/query-client";
import type { Finding } from "@/api/types";
import { server } from "@/testing/mock-server";
import { useFindingList } from "./use-finding-list";
import { useRange } from "./use-range";
import { useSelection } from "./use-selection";

async function listed() {
  const client = createQueryClient();
  client.setDefaultOptions({ queries: { retry: false } });
  const { result } = renderHook(
    () => {
      const rows = useFindingList({ q: "", sort: "-priority" });
      const selection = useSelection("list");
      return { rows, selection, range: useRange(rows, selection) };
    },
    {
      wrapper: ({ children }: PropsWithChildren) => (
        <QueryClientProvider client={client}>{children}</QueryClientProvider>
      ),
    },
  );
  await waitFor(() => expect(result.current.rows.at(0)).toBeDefined());
  act(() => result.current.selection.toggle(0, result.current.rows.at(0) as Finding));
  return result;
}

it("selects every row of a range, also those that were never in view", async () => {
  const result = await listed();
  expect(result.current.rows.at(130), "not fetched yet").toBeUndefined();
  await act(() => result.current.range.extendTo(130));
  expect(result.current.selection.selected.size).toBe(131);
});

it("selects nothing of a range that could not be read in whole, and offers to try again", async () => {
  const result = await listed();
  server.use(http.get("*/api/v1/findings", () => new HttpResponse(null, { status: 500 }), { once: true }));
  await act(() => result.current.range.extendTo(130));
  expect(result.current.selection.selected.size).toBe(1);
  await act(async () => result.current.range.failure?.retry());
  await waitFor(() => expect(result.current.selection.selected.size).toBe(131));
});
