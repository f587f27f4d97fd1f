import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { api } from "@/api/client";
import { mockMemory, server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

/** Dismisses so many findings at once, as the list does. */
async function dismissed(count: number) {
  const ids = mockMemory()
    .findings.filter(({ triage }) => triage === "open")
    .slice(0, count)
    .map(({ id }) => id);
  await api.post("/findings/bulk", { ids, change: { triage: "false_positive", reason: "Test code" } });
  return ids;
}

const triageOf = (id: string | undefined) =>
  mockMemory().findings.find((finding) => finding.id === id)?.triage;

describe("the changes of many findings", () => {
  it("are reached from the list, say what was done, and are undone after it was said how many would be", async () => {
    const ids = await dismissed(3);
    const { user, address } = renderApp("/findings");
    await user.click(await screen.findByRole("link", { name: "Changes" }));
    await waitFor(() => expect(address()).toBe("/findings/changes"));
    const table = await screen.findByRole("table", { name: "Changes of many findings" });
    const row = within(table).getByText("False positive").closest("tr") as HTMLElement;
    expect(row).toHaveTextContent("Test code");
    const those = within(row).getByRole("link", { name: "3 findings" });
    expect(those.getAttribute("href")).toMatch(/^\/findings\?q=change(:|%3A)/);
    expect(row).toHaveTextContent("Stands");
    await api.patch(`/findings/${ids[1]}`, { triage: "confirmed" });
    await user.click(within(row).getByRole("button", { name: "Undo: False positive" }));
    const dialog = await screen.findByRole("dialog", { name: "Undo “False positive”" });
    expect(await within(dialog).findByText(/^2 findings will be as before/)).toBeInTheDocument();
    expect(within(dialog).getByText("1 finding changed since: left as it is now.")).toBeInTheDocument();
    await user.click(within(dialog).getByRole("button", { name: "Undo for 2 findings" }));
    await waitFor(() => expect(ids.map(triageOf)).toEqual(["open", "confirmed", "open"]));
    expect(await screen.findByText("Taken back")).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByRole("dialog")).not.toBeInTheDocument());
  });

  it("cannot be undone where nothing is as they left it", async () => {
    const ids = await dismissed(1);
    await api.patch(`/findings/${ids[0]}`, { triage: "confirmed" });
    const { user } = renderApp("/findings/changes");
    await user.click((await screen.findAllByRole("button", { name: "Undo: False positive" }))[0] as Element);
    const dialog = await screen.findByRole("dialog");
    expect(await within(dialog).findByText(/nothing to undo/)).toBeInTheDocument();
    expect(within(dialog).getByRole("button", { name: "Undo" })).toBeDisabled();
  });

  it("say how to make one where there is none", async () => {
    server.use(
      http.get("*/api/v1/findings/bulk", () =>
        HttpResponse.json({ items: [], next_cursor: null, total: 0, total_is_exact: true }),
      ),
    );
    renderApp("/findings/changes");
    expect(await screen.findByRole("heading", { name: /^Nobody has changed many/ })).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Go to the findings" })).toHaveAttribute("href", "/findings");
  });

  it("have no accessibility problem that a program can find", async () => {
    await dismissed(2);
    renderApp("/findings/changes");
    await screen.findByRole("table", { name: "Changes of many findings" });
    expect(await axeProblems()).toEqual([]);
  });
});
