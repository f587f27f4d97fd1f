import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it, vi } from "vitest";
import { fakeSession } from "@/testing/fakes";
import { server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";
import { actionWords, detailsOf, gistOf } from "./words";

describe("the words of the trail", () => {
  it("are put so that a person reads them", () => {
    expect(actionWords("escalation_policy.changed")).toBe("Escalation policy changed");
    expect(actionWords("escalation_policy.")).toBe("Escalation policies");
  });

  it("tell what was before only of a change: two scopes are not one that became another", () => {
    expect(detailsOf("finding.triaged", { triage: ["open", null] })).toEqual([
      { name: "Triage", was: "open", is: "nothing" },
    ]);
    expect(detailsOf("token.created", { scopes: ["scans:read", "scans:write"] })).toEqual([
      { name: "Scopes", is: "scans:read, scans:write" },
    ]);
  });
});

it("an event says in its line what it is about, where its detail tells", () => {
  expect(gistOf({ detail: { sha256: "bd5d", dry_run: false, file_name: "trivy.json" } })).toBe("trivy.json");
  expect(gistOf({ detail: { from: "open", to: "false_positive", reason: "Test code" } })).toBe(
    "open → false positive · Test code",
  );
  expect(gistOf({ detail: { name: "Operations room", changed: ["rules"] } })).toBe("Operations room");
  expect(gistOf({ detail: { token_id: "tok_95h5tvd0b8h1n" } })).toBeNull();
});

describe("the page of the trail", () => {
  const events = async () =>
    within(await screen.findByRole("list", { name: "Events, newest first" })).getAllByRole("listitem");

  it("tells who did what to what, newest first, and that nobody changed it since", async () => {
    const { user } = renderApp("/audit");
    const [newest] = await events();
    await user.click(within(newest as HTMLElement).getByText("Finding triaged"));
    expect(newest?.textContent).toContain("open → risk_accepted");
    expect(
      within(newest as HTMLElement)
        .getByRole("link", { name: "fnd_4c1we70x16ec2" })
        .getAttribute("href"),
    ).toBe("/findings/fnd_4c1we70x16ec2");
    await screen.findByText("The trail is whole: 98 events in one chain");
    expect(await axeProblems()).toEqual([]);
  });

  it("keeps who, what and to which in the address, and asks the server for them", async () => {
    const { user, address } = renderApp("/audit");
    await events();
    await user.selectOptions(screen.getByRole("combobox", { name: "What" }), "Scans");
    await waitFor(() => expect(address()).toBe("/audit?what=scan."));
    await waitFor(async () => expect(await events()).toHaveLength(1));
    await user.selectOptions(screen.getByRole("combobox", { name: "Who" }), "Hauberk by itself");
    await screen.findByText("Nothing like this was done");
    expect(address()).toBe("/audit?who=system&what=scan.");
    await user.click(screen.getByRole("button", { name: "Clear all" }));
    await waitFor(() => expect(address()).toBe("/audit"));
  });

  it("goes on to older ones from where the page ended, and back to the newest", async () => {
    const { user, address } = renderApp("/audit");
    expect(await events()).toHaveLength(50);
    await user.click(screen.getByRole("button", { name: "Older" }));
    await waitFor(async () => expect(await events()).toHaveLength(10));
    expect(address()).toBe("/audit?after=50");
    expect(screen.getByRole("button", { name: "Older" })).toHaveProperty("disabled", true);
    await user.click(screen.getByRole("button", { name: "Newest" }));
    await waitFor(() => expect(address()).toBe("/audit"));
  });

  it("says at which link the trail was changed, and what to do", async () => {
    server.use(
      http.get("*/api/v1/audit/chain", () =>
        HttpResponse.json({ length: 9, waiting: 0, newest_hash: "ab", broken_at: 3, looked_at: null }),
      ),
    );
    renderApp("/audit");
    await screen.findByText("The trail was changed: link 3 does not fit");
    expect(screen.getByRole("link", { name: "What to do" }).getAttribute("href")).toBe(
      "/alerts/runbooks/AuditChainBroken",
    );
  });

  it("promises nothing of a trail that is not sealed yet", async () => {
    server.use(
      http.get("*/api/v1/audit/chain", () =>
        HttpResponse.json({ length: 0, waiting: 7, newest_hash: null, broken_at: null, looked_at: null }),
      ),
    );
    renderApp("/audit");
    const note = await screen.findByRole("region", { name: "Whether the trail is whole" });
    await within(note).findByText("Nothing is sealed yet");
    expect(note).toHaveTextContent("7 events wait for the next sealing, every five minutes");
    expect(note).not.toHaveTextContent("were checked");
    expect(note.querySelector(".text-mark-success")).toBeNull();
  });

  it("is exported as far as it is narrowed", async () => {
    const asked: string[] = [];
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      asked.push(this.getAttribute("href") ?? "");
    });
    const { user } = renderApp("/audit?what=scan.&since=2026-11-01");
    await events();
    await user.click(screen.getByRole("button", { name: "Export" }));
    await user.click(await screen.findByRole("menuitem", { name: /^CSV/ }));
    click.mockRestore();
    expect(asked).toEqual([
      "/api/v1/audit/export?action=scan.&since=2026-11-01T00%3A00%3A00.000Z&format=csv",
    ]);
  });

  it("is neither offered nor asked for where it may not be read", async () => {
    server.use(http.get("*/api/v1/auth/me", () => HttpResponse.json(fakeSession({ permissions: [] }))));
    renderApp("/audit");
    await screen.findByText("The audit trail is for administrators");
    expect(screen.queryByRole("link", { name: "Audit" })).toBeNull();
  });
});
