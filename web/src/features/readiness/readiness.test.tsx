import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import type { CheckLevel, CheckResult, ReadinessCheck } from "@/api/types";
import { fakeId, fakeSession } from "@/testing/fakes";
import { server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";
import { blockingOf, evidenceText, groupsOf, verdictOf } from "./verdict";

const table = () => screen.findByRole("table", { name: "Checks" });

const check = (result: CheckResult, level: CheckLevel = "must"): ReadinessCheck => ({
  id: fakeId("SEC"),
  group: "Security",
  result,
  level,
  kind: "live",
  evidence: "seen",
  advice: null,
  observed_at: null,
  build: null,
});

describe("the verdict", () => {
  it.each([
    ["Nothing was checked", []],
    ["Not ready: one must check fails", [check("FAIL"), check("PASS")]],
    ["Not ready: two must checks fail", [check("FAIL"), check("FAIL"), check("WARN")]],
    ["Not ready yet: one must check warns", [check("WARN"), check("SKIP")]],
    ["Not proven: one must check was skipped", [check("SKIP"), check("PASS")]],
    ["Every must check passes; one other fails", [check("PASS"), check("FAIL", "nice")]],
    ["Ready: every must check passes", [check("PASS"), check("WARN", "should"), check("WAIVED", "nice")]],
  ])("%s", (text, checks) => {
    expect(verdictOf(checks).text).toBe(text);
  });

  it("is ready only when no must check fails, warns or was skipped", () => {
    expect(verdictOf([check("PASS"), check("FAIL", "should")]).isReady).toBe(true);
    expect(verdictOf([check("PASS"), check("SKIP")]).isReady).toBe(false);
  });

  it("names the must checks that it speaks of", () => {
    const [failing, warning, passing] = [check("FAIL"), check("WARN"), check("PASS")];
    expect(blockingOf([warning, passing, failing, check("FAIL", "nice")])).toEqual([failing]);
    expect(blockingOf([warning, passing])).toEqual([warning]);
    expect(blockingOf([passing])).toEqual([]);
  });

  it("puts the worst of a group first and what passes apart", () => {
    const [group] = groupsOf([check("SKIP"), check("PASS"), check("WARN"), check("FAIL")]);
    expect(group?.open.map((each) => each.result)).toEqual(["FAIL", "WARN", "SKIP"]);
    expect(group?.passing).toHaveLength(1);
  });

  it("reads evidence that is a value of another kind", () => {
    expect(evidenceText({ days: 47 })).toBe('{"days":47}');
    expect(evidenceText(null)).toBe("");
  });
});

describe("the readiness page", () => {
  it("says the verdict first and keeps what fails open", async () => {
    renderApp("/readiness");
    await screen.findByRole("heading", { name: "Not ready: one must check fails" });
    const way = screen.getByRole("link", { name: "Backups are made and restored" });
    expect(way.getAttribute("href")).toBe("#check-INF-3");
    const checks = within(await table());
    checks.getByText("FAIL");
    checks.getByText("last backup 6 h ago, 214 MB; last restore test 47 d ago");
    expect(checks.getByText("hauberk drill restore").tagName).toBe("CODE");
    expect(checks.getByText("HAUBERK_DATABASE_REPLICA_URL").tagName).toBe("CODE");
    expect(checks.getByText("hauberk readiness --only PERF-5").tagName).toBe("CODE");
    expect(checks.queryByText("PASS")).toBeNull();
  });

  it("unfolds what passes in one group and remembers it in the address", async () => {
    const { user, address } = renderApp("/readiness");
    const fold = await screen.findByRole("button", { name: /^Show 7 that pass in Security$/ });
    expect(fold.getAttribute("aria-expanded")).toBe("false");
    await user.click(fold);
    await waitFor(async () => expect(within(await table()).getAllByText("PASS")).toHaveLength(7));
    expect(address()).toBe("/readiness?show=Security");
  });

  it("shows only one level, and counts the levels", async () => {
    const { user, address } = renderApp("/readiness?show=Security");
    await user.click(await screen.findByRole("radio", { name: "Must 6" }));
    await waitFor(() => expect(address()).toBe("/readiness?show=Security&level=must"));
    expect(within(await table()).queryByText("PERF-5")).toBeNull();
    screen.getByText("SEC-1");
  });

  it("checks again on request", async () => {
    let asked = 0;
    server.use(
      http.get("*/api/v1/readiness", () => HttpResponse.json({ items: [check("FAIL")], summary: {} })),
      http.post("*/api/v1/readiness/reports", () => {
        asked += 1;
        return HttpResponse.json({ items: [check("PASS")], summary: {} }, { status: 201 });
      }),
    );
    const { user } = renderApp("/readiness");
    await screen.findByRole("heading", { name: "Not ready: one must check fails" });
    await user.click(screen.getByRole("button", { name: "Check again" }));
    await screen.findByRole("heading", { name: "Ready: every must check passes" });
    expect(asked).toBe(1);
  });

  it("waives a row for a reason, by somebody, until a day", async () => {
    let waiver: unknown = null;
    server.use(
      http.put("*/api/v1/readiness/rows/INF-3/waiver", async ({ request }) => {
        waiver = await request.json();
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = renderApp("/readiness");
    await user.click(await screen.findByRole("button", { name: "More about INF-3" }));
    await user.click(await screen.findByRole("menuitem", { name: "Waive…" }));
    await user.click(await screen.findByRole("button", { name: "Waive INF-3" }));
    screen.getByText("A waiver has a reason, an owner and an end.");
    await user.type(screen.getByLabelText("Reason"), "Restored by hand last week");
    await user.type(screen.getByLabelText("Who answers for that"), "Ada");
    await user.click(screen.getByRole("button", { name: "Waive INF-3" }));
    await waitFor(() => expect(waiver).toMatchObject({ reason: "Restored by hand last week", owner: "Ada" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("says who sees to a row, and what changed since the report before", async () => {
    server.use(
      http.get("*/api/v1/readiness", () =>
        HttpResponse.json({
          items: [{ ...check("FAIL"), owner: "Grace", due_on: "2001-01-01" }],
          summary: {},
        }),
      ),
      http.get("*/api/v1/readiness/reports", () =>
        HttpResponse.json({
          items: [
            {
              observed_at: "2026-11-20T10:00:00Z",
              build: "1.2.3",
              summary: { PASS: 80, FAIL: 1 },
              changes: [
                { id: "SEC-4", title: "CORS", before: "PASS", after: "FAIL", evidence: "a foreign page may" },
              ],
            },
          ],
        }),
      ),
    );
    renderApp("/readiness");
    await screen.findByText("Grace, late since 2001-01-01");
    const history = within(await screen.findByRole("region", { name: "History" }));
    history.getByText("SEC-4");
    history.getByText("a foreign page may");
  });

  it("shows how feeds stand, why one is not newer, and how to renew it", async () => {
    const feed = {
      name: "epss",
      title: "Exploit Prediction Scoring System",
      says: "how probable it is that a vulnerability is exploited within 30 days",
      state: "lost",
      source: "address",
      place: "https://mirror.example.org/epss.csv.gz",
      entry_count: 290_412,
      published_at: "2026-11-20T12:55:00Z",
      synced_at: "2026-11-20T13:00:00Z",
      changed_at: "2026-11-20T13:00:00Z",
      loss: "cannot be renewed since 2026-11-21 13:00 UTC",
      failure: "It is empty. What was loaded before is kept.",
    };
    server.use(http.get("*/api/v1/feeds", () => HttpResponse.json({ feeds: [feed] })));
    renderApp("/readiness");
    const feeds = within(await screen.findByRole("region", { name: "Feeds" }));
    feeds.getByText("lost");
    feeds.getByText(/^290.412 entries$/);
    feeds.getByText("It is empty. What was loaded before is kept.");
    feeds.getByText("hauberk feed sync epss");
  });

  it("is for administrators, and says where else the answer is", async () => {
    server.use(
      http.get("*/api/v1/auth/me", () =>
        HttpResponse.json(fakeSession({ role: "member", permissions: ["findings:read"] })),
      ),
      http.get("*/api/v1/readiness", () => {
        throw new Error("asked without the right to");
      }),
    );
    renderApp("/readiness");
    await screen.findByRole("heading", { name: "Readiness is for administrators" });
    screen.getByText("hauberk readiness --level must");
  });

  it("has nothing for axe to find", async () => {
    renderApp("/readiness?show=Security,Capacity");
    await table();
    expect(await axeProblems()).toEqual([]);
  });
});
