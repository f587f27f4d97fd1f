import { act, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { formatDay } from "@/lib/format";
import { dashboard } from "@/testing/mock/views";
import { mockMemory, server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";
import { fromFirstCount, leftOut } from "./trend-days";
import { axisDays, axisSteps, roomFor, spread, stackOf } from "./trend-scale";

describe("the overview", () => {
  it("leads from each number to the list that it counts", async () => {
    renderApp("/");
    const head = await screen.findByRole("region", { name: "Open findings by severity" });
    expect(within(head).getByRole("link", { name: /^Critical/ })).toHaveAttribute(
      "href",
      "/findings?q=severity:critical+is:open",
    );
    expect(within(head).getByRole("link", { name: /^Open findings/ })).toHaveAttribute(
      "href",
      "/findings?q=is:open",
    );
    expect(screen.getByRole("link", { name: /^Past due/ })).toHaveAttribute("href", "/findings?q=is:overdue");
  });

  it("tells the trend in words and in a table, not only in a picture", async () => {
    const { user } = renderApp("/");
    expect(
      await screen.findByRole("img", { name: /^Open findings went from .+ to .+ Now: Critical/ }),
    ).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Table" }));
    const table = await screen.findByRole("table", { name: "Open findings by day" });
    expect(within(table).getAllByRole("row")).toHaveLength(92);
  });

  it("leads from each day of the trend to what was open on it, and from each number to what it counts", async () => {
    const trend = dashboard(mockMemory()).trend;
    const { user } = renderApp("/");
    await user.click(await screen.findByRole("button", { name: "Table" }));
    const table = await screen.findByRole("table", { name: "Open findings by day" });
    const [, now, yesterday] = within(table).getAllByRole("row");
    const hrefs = (row: HTMLElement | undefined) =>
      within(row as HTMLElement)
        .getAllByRole("link")
        .map((link) => link.getAttribute("href"));
    expect(hrefs(now).slice(0, 2)).toEqual(["/findings?q=is:open", "/findings?q=severity:critical+is:open"]);
    expect(hrefs(yesterday)[1]).toBe(`/findings?q=severity:critical+is:open&as_of=${trend.at(-2)?.on}`);
  });

  it("is read day by day with the arrow keys, and leads to what was open on the day", async () => {
    const trend = dashboard(mockMemory()).trend;
    const { user, address } = renderApp("/");
    const days = await screen.findByRole("slider", { name: /^Day of the trend/ });
    act(() => days.focus());
    const before = trend.at(-3);
    await user.keyboard("{ArrowLeft}{ArrowLeft}");
    expect(days.getAttribute("aria-valuetext")).toMatch(
      new RegExp(
        `^${formatDay(before?.on ?? "")}: .*critical ${before?.by_severity.critical}.*; ${before?.new} new, ${before?.closed} closed$`,
      ),
    );
    await user.keyboard("{Home}");
    expect(days).toHaveAttribute("aria-valuenow", "0");
    await user.keyboard("{End}{ArrowRight}");
    expect(days).toHaveAttribute("aria-valuenow", String(trend.length - 1));
    await user.keyboard("{ArrowLeft}{Enter}");
    await waitFor(() => expect(address()).toBe(`/findings?q=is:open&as_of=${trend.at(-2)?.on}`));
  });

  it("says from which day on reports came in, when old ones make the line jump there", async () => {
    const answer = dashboard(mockMemory());
    server.use(
      http.get("*/api/v1/dashboard", () =>
        HttpResponse.json({ ...answer, first_report_on: answer.trend.at(-3)?.on }),
      ),
    );
    renderApp("/");
    const chart = await screen.findByRole("img", { name: /^Open findings went from/ });
    expect(chart).toHaveAccessibleName(/Reports came in from .+ on: before, by the dates in them\.$/);
    expect(within(chart).getByText("Reports come in from here on")).toBeInTheDocument();
  });

  it("shows a day before anything was sent, of which old reports tell", async () => {
    const answer = dashboard(mockMemory());
    server.use(
      http.get("*/api/v1/dashboard", () => HttpResponse.json({ ...answer, first_report_on: "2999-01-01" })),
    );
    renderApp("/?as_of=2026-11-20");
    const chart = await screen.findByRole("img", { name: /^Open findings went from/ });
    expect(within(chart).queryByText("Reports come in from here on")).not.toBeInTheDocument();
  });

  it("says where most is open when every asset was scanned lately", async () => {
    for (const asset of mockMemory().assets) asset.last_scan_at = new Date().toISOString();
    renderApp("/");
    const panel = await screen.findByRole("region", { name: "Needs a look" });
    await within(panel).findByRole("heading", { name: "Most at risk" });
    const [worst] = await within(panel).findAllByRole("listitem");
    expect(within(worst as HTMLElement).getByRole("link")).toHaveAttribute(
      "href",
      expect.stringMatching(/^\/assets\/ast_/),
    );
    expect(panel).toHaveTextContent("Every asset was scanned in the last 30 days.");
  });

  it("says of a held scan that it waits, and of each change what it is", async () => {
    renderApp("/");
    const scans = await screen.findByRole("region", { name: "Newest scans" });
    const [held] = mockMemory().scans.filter((scan) => scan.state === "held");
    const row = within(scans).getByRole("link", { name: new RegExp(`^${held?.asset?.name}.*Held`) });
    expect(row).toHaveAttribute("href", `/scans/${held?.id}`);
    expect(within(scans).getAllByText(/^\+\d+ new$/).length).toBeGreaterThan(0);
  });

  it("looks at a past day, whose numbers lead to the list of that day, and back", async () => {
    const { user, address } = renderApp("/");
    await user.click(await screen.findByRole("button", { name: "Look at a past day" }));
    const day = await screen.findByLabelText("As it was at the end of");
    expect(address()).toBe(`/?as_of=${(day as HTMLInputElement).value}`);
    const head = await screen.findByRole("region", { name: "Open findings by severity" });
    expect(
      within(head)
        .getByRole("link", { name: /^Critical/ })
        .getAttribute("href"),
    ).toMatch(/as_of=\d{4}-/);
    await user.click(screen.getByRole("button", { name: "Back to now" }));
    expect(await screen.findByRole("button", { name: "Look at a past day" })).toBeInTheDocument();
  });

  it("says the first step when there is nothing yet", async () => {
    Object.assign(mockMemory(), { findings: [], scans: [] });
    renderApp("/");
    expect(await screen.findByRole("heading", { name: "Nothing has been scanned yet" })).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Upload a report" })).toBeInTheDocument();
  });

  it("has nothing for axe to find", async () => {
    renderApp("/");
    await screen.findByRole("img", { name: /^Open findings went/ });
    expect(await axeProblems()).toEqual([]);
  });
});

describe("the trend's arithmetic", () => {
  it("stacks with critical at the base", () => {
    const layers = stackOf([
      { on: "2026-11-22", by_severity: { critical: 2, high: 3, low: 5 }, new: 0, closed: 0 },
    ]);
    expect(layers.map((layer) => [layer.severity, layer.low[0], layer.high[0]])).toEqual([
      ["critical", 0, 2],
      ["high", 2, 5],
      ["medium", 5, 5],
      ["low", 5, 10],
    ]);
  });

  it.each([
    [1, 5],
    [7, 5],
    [1278, 5],
    [99_999, 5],
    [0, 5],
  ])("has at most five round steps that reach %i", (highest, most) => {
    const steps = axisSteps(highest);
    expect(steps.length).toBeLessThanOrEqual(most);
    expect(steps[0]).toBe(0);
    expect(steps.at(-1)).toBeGreaterThanOrEqual(highest);
  });

  it("names each day once, however short the trend is", () => {
    expect(axisDays(90)).toEqual([0, 22, 45, 67, 89]);
    expect(axisDays(3)).toEqual([0, 1, 2]);
    expect(axisDays(2)).toEqual([0, 1]);
  });

  it("leaves room for the longest number, however many findings there are", () => {
    expect(roomFor(["0", "500"], 14)).toBe(46);
    expect(roomFor(["0", "10 000 000"], 14)).toBeGreaterThan(80);
  });

  it("says which open findings are not in it", () => {
    const day = (info: number) => ({ on: "2026-11-22", by_severity: { high: 1, info }, new: 0, closed: 0 });
    expect(leftOut([day(3), day(0)])).toEqual([]);
    expect(leftOut([day(0), day(2)])).toEqual(["info"]);
  });

  it("pushes labels apart without changing their order", () => {
    expect(spread([230, 228, 150], 16, 232)).toEqual([230, 214, 150]);
  });

  it("begins the day before the first count: a new installation has no flat quarter behind it", () => {
    const day = (on: string, high: number) => ({ on, by_severity: { high }, new: 0, closed: 0 });
    const trend = [day("2026-11-19", 0), day("2026-11-20", 0), day("2026-11-21", 3), day("2026-11-22", 0)];
    expect(fromFirstCount(trend).map((each) => each.on)).toEqual(["2026-11-20", "2026-11-21", "2026-11-22"]);
    expect(fromFirstCount(trend.slice(0, 2))).toEqual([]);
  });
});
