import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, renderHook, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { fakeFinding } from "@/testing/fakes";
import { mockMemory } from "@/testing/mock-server";
import { renderApp } from "@/testing/render-app";
import type { FindingList } from "./use-finding-list";
import { useSelection } from "./use-selection";
import { useTriageFlow } from "./use-triage-flow";

it("means all that is selected, also what was scrolled out of what is loaded", () => {
  const [near, far] = [fakeFinding(), fakeFinding()];
  const rows = { loaded: [{ ...near, triage: "in_triage" }], total: 500 } as FindingList;
  const { result } = renderHook(
    () => {
      const selection = useSelection("list");
      const flow = useTriageFlow({ q: "", rows, selection, current: undefined, onApplied: () => {} });
      return { selection, flow };
    },
    {
      wrapper: ({ children }) => (
        <QueryClientProvider client={new QueryClient()}>{children}</QueryClientProvider>
      ),
    },
  );
  act(() => result.current.selection.toggle(0, near));
  act(() => result.current.selection.toggle(400, far));
  act(() => result.current.flow.ask("state"));
  expect(result.current.flow.asked?.target).toEqual({ findings: [rows.loaded[0], far] });
});

it("changes a finding that is open beside the list without being a row of it", async () => {
  const elsewhere = mockMemory().findings.find(({ severity }) => severity === "low");
  const { user } = renderApp(`/findings?q=severity:critical&peek=${elsewhere?.id}`);
  await user.click(await screen.findByRole("button", { name: /^Dismiss/ }));
  const dialog = await screen.findByRole("dialog", { name: /Dismiss 1 finding/ });
  await user.click(within(dialog).getByRole("button", { name: "Cancel" }));
  await waitFor(() => expect(dialog).not.toBeInTheDocument());
  await user.keyboard("r");
  expect(await screen.findByRole("dialog", { name: /Accept the risk of 1 finding/ })).toBeInTheDocument();
});

it.each([
  ["jxj{Enter}", "1 selected"],
  ["jxjxj{Enter}", "2 selected"],
])("keeps what is being selected while the open finding is changed by itself (%s)", async (keys, kept) => {
  const { user } = renderApp("/findings");
  await screen.findByRole("grid", { name: "Findings" });
  await screen.findAllByRole("checkbox", { name: /^Select / });
  await user.keyboard(keys);
  const peek = within(await screen.findByRole("complementary", { name: /^Finding fnd_/ }));
  await user.click(await peek.findByRole("button", { name: /^Confirm C/ }));
  expect(await screen.findByText("1 finding: confirmed")).toBeInTheDocument();
  expect(screen.getByRole("region", { name: "Selected findings" })).toHaveTextContent(kept);
});
