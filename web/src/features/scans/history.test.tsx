import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { plural } from "@/lib/format";
import { scannerName } from "@/lib/words";
import { mockMemory, server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

function doneScan(): string {
  const scan = mockMemory().scans.find((each) => each.state === "done" && !each.dry_run);
  if (!scan) throw new Error("the mock has no scan that is done");
  return scan.id;
}

describe("undoing a scan", () => {
  it("is previewed on a page of its own, then confirmed, and the scan says so", async () => {
    renderApp("/scans");
    const id = doneScan();
    const { user, address } = renderApp(`/scans/${id}`);
    await user.click(await screen.findByRole("button", { name: "Undo…" }));
    const preview = await screen.findByRole("region", { name: "Preview of undoing" });
    expect(address()).not.toBe(`/scans/${id}`);
    expect(preview).toHaveTextContent("would no longer be active");
    expect(preview).toHaveTextContent("Decisions, comments and tickets stay");
    expect(mockMemory().scans.find((each) => each.id === id)?.undone).toBeNull();
    await user.click(within(preview).getByRole("button", { name: "Undo this scan" }));
    const dialog = await screen.findByRole("dialog", { name: "Undo this scan?" });
    await user.click(within(dialog).getByRole("button", { name: "Undo this scan" }));
    await waitFor(() => expect(address()).toBe(`/scans/${id}`));
    expect(await screen.findByText("Undone", { selector: "span" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Undo…" })).not.toBeInTheDocument();
  });

  it("tells a refusal where it was asked for", async () => {
    renderApp("/scans");
    const id = doneScan();
    server.use(
      http.post(`*/api/v1/scans/${id}/undo`, () =>
        HttpResponse.json(
          { title: "It cannot be done", detail: "Scans can be undone for 400 days." },
          { status: 409, headers: { "content-type": "application/problem+json" } },
        ),
      ),
    );
    const { user } = renderApp(`/scans/${id}`);
    await user.click(await screen.findByRole("button", { name: "Undo…" }));
    expect(await screen.findByText(/Scans can be undone for 400 days/)).toBeInTheDocument();
  });
});

describe("the changes of a scan", () => {
  it("are shown by kind, which the address keeps", async () => {
    renderApp("/scans");
    const id = doneScan();
    const { user, address } = renderApp(`/scans/${id}`);
    const panel = await screen.findByRole("region", { name: "Changes" });
    await user.selectOptions(within(panel).getByRole("combobox", { name: "Show" }), "closed");
    await waitFor(() => expect(address()).toBe(`/scans/${id}?change=closed`));
    await waitFor(() => expect(within(panel).getAllByRole("listitem").length).toBeLessThan(14));
    expect(
      within(panel).getAllByText("The report covers it and no longer reports it."),
      "what all of them have is told once",
    ).toHaveLength(1);
  });
});

describe("the list of scans", () => {
  it("keeps to the asset and the scanner that another page leads with, and says so", async () => {
    const scan = mockMemory().scans.find((each) => each.id === doneScan());
    const { user, address } = renderApp(`/scans/${scan?.id}`);
    await user.click(
      await screen.findByRole("link", { name: new RegExp(`^${scannerName(scan?.scanner ?? "")}`) }),
    );
    await waitFor(() => expect(address()).toMatch(/^\/scans\?asset=.+&scanner=.+/));
    const list = within(await screen.findByRole("region", { name: "All scans" }));
    const those = mockMemory().scans.filter(
      (each) => each.asset?.id === scan?.asset?.id && each.scanner === scan?.scanner,
    );
    expect(await list.findByText(plural(those.length, "scan"))).toBeInTheDocument();
    await user.click(list.getByRole("button", { name: /^Not only by/ }));
    await waitFor(() => expect(address()).toBe(`/scans?asset=${scan?.asset?.id}`));
    await user.click(await list.findByRole("button", { name: `Not only of ${scan?.asset?.name}` }));
    await waitFor(() => expect(address()).toBe("/scans"));
  });
});

describe("the list as of a past day", () => {
  it("says so, asks for that day, offers no change, and leads back", async () => {
    const asked: (string | null)[] = [];
    server.events.on("request:start", ({ request }) => {
      const url = new URL(request.url);
      if (url.pathname.endsWith("/findings")) asked.push(url.searchParams.get("as_of"));
    });
    const { user, address } = renderApp("/findings?as_of=2026-01-31");
    expect(await screen.findByLabelText("As it was at the end of")).toHaveValue("2026-01-31");
    await waitFor(() => expect(asked).toContain("2026-01-31"));
    expect(screen.getByRole("link", { name: "CSV" }).getAttribute("href")).toContain("as_of=2026-01-31");
    await user.click(screen.getByRole("button", { name: "Back to now" }));
    await waitFor(() => expect(address()).toBe("/findings"));
    expect(await screen.findByRole("button", { name: "Look at a past day" })).toBeInTheDocument();
    server.events.removeAllListeners();
  });
});

describe("axe", () => {
  it("finds nothing on the list of the past", async () => {
    renderApp("/findings?as_of=2026-01-31");
    await screen.findByLabelText("As it was at the end of");
    expect(await axeProblems()).toEqual([]);
  });
});
