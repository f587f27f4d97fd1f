import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { describeEpss } from "@/lib/epss";
import { fakeVulnerability } from "@/testing/fakes";
import { mockMemory, server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";
import { describeCvss } from "./cvss";

const table = () => screen.findByRole("table", { name: "Vulnerabilities" });
const names = async () =>
  [...(await table()).querySelectorAll("[data-row-link]")].map((link) => link.textContent);
const search = () => screen.findByRole("searchbox", { name: "Filter vulnerabilities" });

describe("the list of vulnerabilities", () => {
  it("puts the worst first and leads from each count to the findings that it counts", async () => {
    renderApp("/vulnerabilities");
    const [, first] = within(await table()).getAllByRole("row");
    const row = within(first as HTMLElement);
    expect(row.getAllByText("Critical").length).toBeGreaterThan(0);
    const count = row.getByRole("link", { name: /open findings? of/ });
    expect(count.getAttribute("href")).toMatch(/^\/findings\?q=vulnerability:vul_\w+\+is:open$/);
  });

  it("moves with j and k and opens with Enter", async () => {
    const { user, address } = renderApp("/vulnerabilities");
    const [first, second] = await names();
    await user.keyboard("jjk");
    expect(document.activeElement?.textContent).toBe(first);
    await user.keyboard("j{Enter}");
    await screen.findByRole("heading", { level: 1, name: second ?? "" });
    expect(address()).toMatch(/^\/vulnerabilities\/vul_/);
  });

  it("writes a chosen severity into the address and shows only that one", async () => {
    const { user, address } = renderApp("/vulnerabilities");
    const all = (await names()).length;
    await user.click(screen.getByRole("button", { name: "High" }));
    await waitFor(async () => expect((await names()).length).toBeLessThan(all));
    expect(address()).toBe("/vulnerabilities?q=severity:high");
    expect(within(await table()).queryByText("Critical")).toBeNull();
    await user.click(screen.getByRole("button", { name: "High", pressed: true }));
    await waitFor(() => expect(address()).toBe("/vulnerabilities"));
  });

  it("takes typed words after a pause, and shows what the address says", async () => {
    const { user, address } = renderApp("/vulnerabilities?q=severity:critical");
    expect((await search()).getAttribute("value")).toBe("severity:critical");
    await user.clear(await search());
    await user.type(await search(), "log4shell");
    await waitFor(() => expect(address()).toBe("/vulnerabilities?q=log4shell"));
    await waitFor(async () => expect(await names()).toEqual(["CVE-2021-44228"]));
  });

  it("says what is wrong with a filter and keeps it", async () => {
    renderApp("/vulnerabilities?q=sevrity:high");
    await screen.findByText("There is no key “sevrity”");
    expect((await search()).getAttribute("value")).toBe("sevrity:high");
  });

  it("offers the way out of a filter that nothing fits", async () => {
    const { user, address } = renderApp("/vulnerabilities?q=nosuchthing");
    await user.click(await screen.findByRole("button", { name: "Show all vulnerabilities" }));
    await table();
    expect(address()).toBe("/vulnerabilities");
  });

  it("gives the command that begins when there is nothing yet", async () => {
    mockMemory().findings.length = 0;
    renderApp("/vulnerabilities");
    await screen.findByRole("heading", { name: "No open vulnerabilities" });
    screen.getByText(/^hauberk upload/);
  });

  it("turns pages in the address and asks for the rows of that page", async () => {
    const offsets: (string | null)[] = [];
    server.use(
      http.get("*/api/v1/vulnerabilities", ({ request }) => {
        offsets.push(new URL(request.url).searchParams.get("offset"));
        const items = Array.from({ length: 50 }, (_, index) =>
          fakeVulnerability({ name: `CVE-2026-${index}` }),
        );
        return HttpResponse.json({ items, next_cursor: "x", total: 120, total_is_exact: true });
      }),
    );
    const { user, address } = renderApp("/vulnerabilities?q=severity:high");
    const pages = await screen.findByRole("navigation", { name: "Pages of vulnerabilities" });
    expect(pages.textContent).toContain("1–50 of 120");
    await user.click(within(pages).getByRole("button", { name: "Next" }));
    await waitFor(() => expect(address()).toBe("/vulnerabilities?q=severity:high&page=2"));
    await waitFor(() => expect(offsets).toEqual(["0", "50"]));
  });

  it("says what happened, with the request's id, and tries again", async () => {
    server.use(
      http.get(
        "*/api/v1/vulnerabilities",
        () =>
          HttpResponse.json(
            { title: "The database does not answer", request_id: "req_7" },
            { status: 500, headers: { "content-type": "application/problem+json" } },
          ),
        { once: true },
      ),
    );
    const { user } = renderApp("/vulnerabilities");
    await screen.findByText("req_7");
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await table();
  });

  it("has nothing for axe to find", async () => {
    renderApp("/vulnerabilities");
    await table();
    expect(await axeProblems()).toEqual([]);
  });
});

describe("one vulnerability", () => {
  const LOG4SHELL = "/vulnerabilities/vul_cve202144228";

  it("leads to its findings, on all assets and on each", async () => {
    renderApp(LOG4SHELL);
    const all = await screen.findByRole("link", { name: /^Open \d+ findings?$/ });
    expect(all.getAttribute("href")).toBe("/findings?q=vulnerability:vul_cve202144228+is:open");
    const assets = within(screen.getByRole("table", { name: "Assets with this vulnerability" }));
    const [count] = assets.getAllByRole("link", { name: /open findings? on legacy-billing/ });
    expect(count?.getAttribute("href")).toBe(
      "/findings?q=vulnerability:vul_cve202144228+is:open+asset:legacy-billing",
    );
  });

  it("names the packages that have it, and the version that mends each", async () => {
    renderApp(LOG4SHELL);
    const table = await screen.findByRole("table", { name: "Packages with this vulnerability" });
    const [, row] = within(table).getAllByRole("row");
    expect(row).toHaveTextContent(/log4j-core/);
    expect(row).toHaveTextContent(/2\.1[57]\.\d/);
    within(row as HTMLElement).getByRole("button", { name: /^Copy .*log4j-core/ });
  });

  it("never makes a link of a reference that is not a web address", async () => {
    server.use(
      http.get("*/api/v1/vulnerabilities/:id", () =>
        HttpResponse.json({
          ...fakeVulnerability(),
          description: null,
          assets: [],
          references: ["javascript:alert(1)", "https://nvd.example/CVE-1"],
        }),
      ),
    );
    renderApp(LOG4SHELL);
    expect((await screen.findByText("javascript:alert(1)")).closest("a")).toBeNull();
    expect(screen.getByRole("link", { name: /nvd\.example/ }).getAttribute("rel")).toContain("noopener");
  });

  it("says when there is none of this id", async () => {
    renderApp("/vulnerabilities/vul_nobody");
    await screen.findByRole("heading", { name: "There is no such vulnerability" });
    screen.getByRole("link", { name: "All vulnerabilities" });
  });

  it("has nothing for axe to find", async () => {
    renderApp(LOG4SHELL);
    await screen.findByRole("heading", { name: "References" });
    expect(await axeProblems()).toEqual([]);
  });
});

describe("scores", () => {
  it("shows the highest CVSS score with its version, and nothing where none was given", () => {
    expect(
      describeCvss([
        { score: 7.5, version: "3.1" },
        { score: 9, version: "4.0" },
      ]),
    ).toBe("9.0 (4.0)");
    expect(describeCvss(6.1)).toBe("6.1");
    expect(describeCvss([{ vector: "AV:N" }])).toBeNull();
    expect(describeCvss(null)).toBeNull();
  });

  it("does not round a small EPSS to nothing", () => {
    expect(describeEpss(0.944)).toBe("94 %");
    expect(describeEpss(0.0004)).toBe("< 1 %");
    expect(describeEpss(null)).toBeNull();
  });
});
