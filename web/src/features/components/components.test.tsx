import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { fakeComponent } from "@/testing/fakes";
import { mockMemory, server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";
import { describeFix, ecosystemName } from "./words";

const table = () => screen.findByRole("table", { name: "Components" });
const names = async () =>
  [...(await table()).querySelectorAll("[data-row-link]")].map((link) => link.getAttribute("aria-label"));
const search = () => screen.findByRole("searchbox", { name: "Filter components" });

function answerWith(...items: ReturnType<typeof fakeComponent>[]) {
  server.use(
    http.get("*/api/v1/components", () =>
      HttpResponse.json({ items, next_cursor: null, total: items.length, total_is_exact: true }),
    ),
  );
}

describe("the list of components", () => {
  it("says name, version, fix and where, and leads from the count to the findings", async () => {
    answerWith(fakeComponent({ id: "cmp_log4j" }));
    renderApp("/components");
    const [, first] = within(await table()).getAllByRole("row");
    const row = within(first as HTMLElement);
    row.getByRole("link", { name: "org.apache.logging.log4j:log4j-core 2.14.1" });
    row.getByText("2.16.0");
    row.getByTitle("2.16.0 settles 2 of 3 findings, as reports say");
    row.getByText("legacy-billing");
    row.getByTitle(/legacy-billing: upgrade to 2\.16\.0/);
    row.getByText("+1");
    const count = row.getByRole("link", {
      name: "3 open findings on org.apache.logging.log4j:log4j-core 2.14.1",
    });
    expect(count.getAttribute("href")).toBe("/findings?q=component:cmp_log4j+is:open");
  });

  it("keeps one with nothing open in its place, without a severity and without a link", async () => {
    answerWith(fakeComponent({ severity: null, open_findings: 0, fixed_version: null, version: null }));
    renderApp("/components");
    const row = within(await table());
    expect(row.getAllByText("None open").length).toBeGreaterThan(0);
    row.getByText("version not given");
    expect(row.queryByRole("link", { name: /open finding/ })).toBeNull();
  });

  it("finds log4j by a word, and writes it into the address", async () => {
    const { user, address } = renderApp("/components");
    expect((await names()).length).toBeGreaterThan(1);
    await user.type(await search(), "log4j");
    await waitFor(() => expect(address()).toBe("/components?q=log4j"));
    await waitFor(async () => expect((await names()).every((name) => name?.includes("log4j"))).toBe(true));
  });

  it("filters by severity and sorts, both in the address", async () => {
    const { user, address } = renderApp("/components");
    await names();
    await user.click(screen.getByRole("button", { name: "Critical" }));
    await waitFor(() => expect(address()).toBe("/components?q=severity:critical"));
    await user.click(screen.getByRole("radio", { name: "Name" }));
    await waitFor(() => expect(address()).toBe("/components?q=severity:critical&sort=name"));
    await user.click(screen.getByRole("radio", { name: "Worst" }));
    await waitFor(() => expect(address()).toBe("/components?q=severity:critical"));
  });

  it("moves with j and k and opens with Enter", async () => {
    const { user, address } = renderApp("/components");
    const [, second] = await names();
    await user.keyboard("jj{Enter}");
    await screen.findByRole("heading", { level: 1, name: second ?? "" });
    expect(address()).toMatch(/^\/components\/cmp_/);
  });

  it("says what is wrong with a filter and keeps it", async () => {
    renderApp("/components?q=sevrity:high");
    await screen.findByText("There is no key “sevrity”");
    expect((await search()).getAttribute("value")).toBe("sevrity:high");
  });

  it("offers the way out of a filter that nothing fits", async () => {
    const { user, address } = renderApp("/components?q=nosuchthing");
    await user.click(await screen.findByRole("button", { name: "Show all components" }));
    await table();
    expect(address()).toBe("/components");
  });

  it("gives the command that begins when there is nothing yet", async () => {
    mockMemory().findings.length = 0;
    renderApp("/components");
    await screen.findByRole("heading", { name: "No components yet" });
    screen.getByText(/hauberk upload/);
  });

  it("says that it could not be loaded, and tries again", async () => {
    let asked = 0;
    server.use(
      http.get("*/api/v1/components", () => {
        asked += 1;
        return HttpResponse.json({ type: "about:blank", title: "No", status: 500 }, { status: 500 });
      }),
    );
    const { user } = renderApp("/components");
    const before = await screen.findByRole("button", { name: "Try again" }).then(() => asked);
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(asked).toBeGreaterThan(before));
  });

  it("is reached by g and c", async () => {
    const { user } = renderApp("/vulnerabilities");
    await screen.findByRole("heading", { level: 1, name: "Vulnerabilities" });
    await user.keyboard("gc");
    await screen.findByRole("heading", { level: 1, name: "Components" });
  });

  it("has no problems that axe knows", async () => {
    renderApp("/components");
    await table();
    expect(await axeProblems()).toEqual([]);
  });
});

describe("one component", () => {
  it("shows its vulnerabilities, assets and what to upgrade to", async () => {
    const { user } = renderApp("/components");
    const [first] = await names();
    await user.click(screen.getByRole("link", { name: first ?? "" }));
    const flaws = within(await screen.findByRole("table", { name: "Vulnerabilities of this component" }));
    expect(flaws.getAllByRole("link").length).toBeGreaterThan(0);
    screen.getByRole("table", { name: "Assets with this component" });
    screen.getByText("Upgrade to", { selector: "dt, dt *" });
  });

  it("says so where there is none", async () => {
    renderApp("/components/cmp_nothing");
    await screen.findByRole("heading", { name: "There is no such component" });
  });
});

describe("words", () => {
  it("say how much an upgrade settles", () => {
    expect(describeFix({ open_findings: 3, fixable_findings: 0 })).toBeNull();
    expect(describeFix({ open_findings: 3, fixable_findings: 2 })).toBe("2 of 3 findings");
    expect(describeFix({ open_findings: 3, fixable_findings: 3 })).toBe("all 3 findings");
    expect(describeFix({ open_findings: 1, fixable_findings: 1 })).toBe("its finding");
  });

  it("call ecosystems as people do, and the unknown by their own name", () => {
    expect(["golang", "pypi", "hex", "generic", null].map(ecosystemName)).toEqual([
      "Go",
      "PyPI",
      "hex",
      "",
      "",
    ]);
  });
});
