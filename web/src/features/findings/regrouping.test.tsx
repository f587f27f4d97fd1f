import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { mockMemory } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

const active = () => {
  const finding = mockMemory().findings.find(
    (each) => each.presence === "active" && each.triage === "open" && each.locations[0]?.path !== undefined,
  );
  if (!finding) throw new Error("the mock has no open finding");
  return finding;
};
const opened = async (id: string) => {
  const app = renderApp(`/findings/${id}`);
  const heading = await screen.findByRole("heading", { name: "Why this is one finding" });
  await screen.findAllByText(/reports? it|name the same problem/);
  return { ...app, section: heading.closest("section") as HTMLElement };
};

describe("why it is one finding", () => {
  it("says what each result is recognised by, how it drifted, and what was less alike", async () => {
    const finding = active();
    const { section } = await opened(finding.id);
    expect(within(section).getByText(/Same rule and file/)).toBeInTheDocument();
    expect(within(section).getByText(/src\/pay\.py:44/)).toBeInTheDocument();
    expect(within(section).getByText(/src\/pay\.py:90/)).toBeInTheDocument();
    expect(await axeProblems()).toEqual([]);
  });
});

describe("joining and splitting", () => {
  it("joins another finding of the asset, tells it, and undoes it from the notice", async () => {
    const finding = active();
    const { user, section } = await opened(finding.id);
    await user.click(within(section).getByRole("button", { name: "Join another finding" }));
    const dialog = await screen.findByRole("dialog", { name: "Join findings into this one" });
    const [other] = await within(dialog).findAllByRole("checkbox");
    expect(within(dialog).getByRole("button", { name: "Join" })).toBeDisabled();
    await user.click(other as HTMLElement);
    await user.type(within(dialog).getByLabelText(/Reason/), "One flaw, two rules");
    expect(await axeProblems()).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Join 1 finding" }));
    expect(await within(section).findByText("“One flaw, two rules”")).toBeInTheDocument();
    const notices = await screen.findByRole("region", { name: "Notices" });
    await user.click(await within(notices).findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(within(section).getByText("undone")).toBeInTheDocument());
  });

  it("splits places off only when some are left, and goes to the new finding", async () => {
    const finding = active();
    const { user, section, address } = await opened(finding.id);
    await user.click(within(section).getByRole("button", { name: "Split places off" }));
    const dialog = await screen.findByRole("dialog", { name: "Split places off" });
    const places = within(dialog).getAllByRole("checkbox");
    for (const place of places) await user.click(place);
    expect(within(dialog).getByText("Leave at least one place.")).toBeInTheDocument();
    expect(within(dialog).getByRole("button", { name: /^Split off/ })).toBeDisabled();
    await user.click(places[0] as HTMLElement);
    await user.click(within(dialog).getByRole("button", { name: /^Split off/ }));
    await waitFor(() => expect(address()).not.toContain(finding.id));
    expect(address()).toMatch(/^\/findings\/fnd_/);
  });
});

describe("related findings", () => {
  it("names a finding of another kind with the reason, dismisses the link and restores it", async () => {
    const { user } = await opened(active().id);
    const heading = await screen.findByRole("heading", { name: "Related findings" });
    const section = within(heading.closest("section") as HTMLElement);
    expect(section.getByText(/same file and name the same weakness/)).toBeInTheDocument();
    await user.click(section.getByRole("button", { name: "Not related" }));
    await user.click(await section.findByRole("button", { name: "Restore" }));
    expect(await section.findByRole("button", { name: "Not related" })).toBeInTheDocument();
  });
});
