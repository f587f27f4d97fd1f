import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Finding } from "@/api/types";
import { mockMemory } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";
import { inverse } from "./use-triage";

const first = async () => {
  const list = await screen.findByRole("grid", { name: "Findings" });
  const [row] = await within(list).findAllByRole("row");
  const title = within(row as HTMLElement).getByRole("link").textContent;
  return mockMemory().findings.find((finding) => finding.title === title) as Finding;
};

describe("tags", () => {
  it("are added with t beside those that are there, and taken back with Undo", async () => {
    const { user } = renderApp("/findings");
    const finding = await first();
    finding.tags = ["audit"];
    await user.keyboard("j");
    await user.keyboard("t");
    const dialog = await screen.findByRole("dialog", { name: "Tag 1 finding" });
    expect(await axeProblems()).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Tag 1 finding" }));
    expect(await within(dialog).findByText("Name a tag to add, or one to take off.")).toBeInTheDocument();
    await user.type(within(dialog).getByRole("textbox", { name: "Add" }), "sprint 12, pci{Enter}");
    await waitFor(() => expect(finding.tags).toEqual(["audit", "sprint 12", "pci"]));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(finding.tags).toEqual(["audit"]));
  });

  it("of everything that a filter finds are named, and the change says so afterwards", async () => {
    const { user } = renderApp("/findings?q=severity:medium+triage:open+is:active");
    await first();
    await user.keyboard("jx");
    await user.click(await screen.findByRole("button", { name: /^Select all/ }));
    await user.keyboard("t");
    const dialog = await screen.findByRole("dialog", { name: /^Tag \d+ findings$/ });
    expect(within(dialog).getByText(/undone as a whole/)).toBeInTheDocument();
    await user.type(within(dialog).getByRole("textbox", { name: "Add" }), "sprint");
    await user.type(within(dialog).getByRole("textbox", { name: "Take off" }), "sprint");
    expect(within(dialog).getByText("sprint is to be added as well: say one.")).toBeInTheDocument();
    await user.clear(within(dialog).getByRole("textbox", { name: "Add" }));
    expect(within(dialog).getByRole("button", { name: /^Untag \d+ findings$/ })).toBeInTheDocument();
    await user.type(within(dialog).getByRole("textbox", { name: "Add" }), "sprint");
    await user.clear(within(dialog).getByRole("textbox", { name: "Take off" }));
    await user.click(within(dialog).getByRole("button", { name: /^Tag/ }));
    expect(await screen.findByText(/findings: tagged sprint/)).toBeInTheDocument();
  });

  it("that were there before stay when the change is taken back", () => {
    const before = { tags: ["a", "b"] } as Finding;
    expect(inverse({ add_tags: ["a", "c"], remove_tags: ["b", "d"] }, before)).toEqual({
      add_tags: ["b"],
      remove_tags: ["c"],
    });
    expect(inverse({ add_tags: ["a"], remove_tags: [] }, before)).toEqual({});
  });
});
