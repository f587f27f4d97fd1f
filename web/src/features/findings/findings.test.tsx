import { act, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import { serveBareFinding } from "@/testing/bare-finding";
import { fakeSession } from "@/testing/fakes";
import { mockMemory, server, setWidth } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

const grid = () => screen.findByRole("grid", { name: "Findings" });
const rows = async () =>
  (await within(await grid()).findAllByRole("row")).filter((row) => row.getAttribute("aria-busy") === null);
const cursor = () => document.querySelector<HTMLElement>("[data-cursor]");
const titleOf = (row: HTMLElement | null | undefined) =>
  within(row as HTMLElement).getByRole("link").textContent;
const findingOf = (title: string | null) => mockMemory().findings.find((finding) => finding.title === title);

describe("the list of findings", () => {
  it("shows open work first, says how many, and puts only the rows in view on the page", async () => {
    renderApp("/findings");
    const list = await grid();
    const open = mockMemory().findings.filter(
      (finding) =>
        finding.presence === "active" && ["open", "in_triage", "confirmed"].includes(finding.triage),
    ).length;
    expect(list).toHaveAttribute("aria-rowcount", String(open));
    expect((await rows()).length).toBeLessThan(open);
    expect(screen.getByRole("button", { name: "Edit is:open" })).toBeInTheDocument();
  });

  it("exports all that the filter finds", async () => {
    renderApp("/findings?q=severity:high+is:open");
    await rows();
    expect(screen.getByRole("link", { name: "CSV" })).toHaveAttribute(
      "href",
      "/api/v1/findings/export?q=severity%3Ahigh+is%3Aopen",
    );
  });

  it("shows everything for an empty filter in the address", async () => {
    renderApp("/findings?q=");
    expect(await grid()).toHaveAttribute("aria-rowcount", String(mockMemory().findings.length));
  });

  it("says which token excludes most, and drops it on request", async () => {
    const { user, address } = renderApp("/findings?q=severity:critical+tag:nowhere");
    await user.click(await screen.findByRole("button", { name: /Drop tag:nowhere to see \d+ findings?/ }));
    expect(await grid()).toBeInTheDocument();
    expect(address()).toBe("/findings?q=severity:critical");
  });

  it("shows where a filter cannot be read, and keeps what was typed", async () => {
    renderApp("/findings?q=sevrity:critical");
    expect(await screen.findByText("There is no key “sevrity”")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Edit sevrity:critical" })).toBeInTheDocument();
    expect(screen.getByRole("heading", { name: "The filter cannot be read" })).toBeInTheDocument();
    expect(screen.getByRole("region", { name: "List" })).not.toHaveTextContent("0");
  });

  it("says what happened, with the request's id, when the server fails, and tries again", async () => {
    server.use(
      http.get(
        "*/api/v1/findings",
        () =>
          HttpResponse.json(
            { title: "The database does not answer", request_id: "req_9" },
            { status: 503, headers: { "content-type": "application/problem+json" } },
          ),
        { once: true },
      ),
    );
    const { user } = renderApp("/findings");
    expect(await screen.findByText("req_9")).toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await grid()).toBeInTheDocument();
  });

  it("says how to begin when there is nothing at all", async () => {
    mockMemory().findings.length = 0;
    renderApp("/findings");
    expect(await screen.findByRole("heading", { name: "No findings yet" })).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "Choose a file" })).toHaveAttribute("href", "/scans");
  });

  it("has nothing for axe to find, with and without an open finding", async () => {
    const { user } = renderApp("/findings");
    await grid();
    expect(await axeProblems()).toEqual([]);
    await user.keyboard("j{Enter}");
    await screen.findByRole("heading", { name: "Why this is one finding" });
    expect(await axeProblems()).toEqual([]);
  });
});

describe("the filter bar", () => {
  it("offers keys, then values with their counts, and writes the address", async () => {
    const { user, address } = renderApp("/findings");
    await grid();
    await user.keyboard("/");
    const box = screen.getByRole("combobox", { name: "Filter findings" });
    expect(box).toHaveFocus();
    await user.type(box, "sev");
    await user.keyboard("{ArrowDown}{Enter}");
    expect(box).toHaveValue("severity:");
    const critical = await screen.findByRole("option", { name: /^critical/ });
    expect(critical).toHaveTextContent(/\d/);
    await user.click(critical);
    await waitFor(() => expect(address()).toBe("/findings?q=is:open+severity:critical"));
  });

  it("takes words with Enter, a token with Space, and the last one away with Backspace", async () => {
    const { user, address } = renderApp("/findings?q=");
    await grid();
    const box = screen.getByRole("combobox", { name: "Filter findings" });
    await user.type(box, "scanner:trivy ");
    await waitFor(() => expect(address()).toBe("/findings?q=scanner:trivy"));
    await user.type(box, "log4j{Enter}");
    await waitFor(() => expect(address()).toBe("/findings?q=scanner:trivy+log4j"));
    await user.type(box, "{Backspace}");
    await waitFor(() => expect(address()).toBe("/findings?q=scanner:trivy"));
  });

  it("agrees with the facets in both directions", async () => {
    const { user, address } = renderApp("/findings?q=is:open+severity:critical");
    await grid();
    const high = await screen.findByRole("checkbox", { name: /^High/ });
    expect(screen.getByRole("checkbox", { name: /^Critical/ })).toBeChecked();
    await user.click(high);
    await waitFor(() => expect(address()).toBe("/findings?q=is:open+severity:critical,high"));
    await user.click(screen.getByRole("button", { name: "Remove severity:critical,high" }));
    await waitFor(() => expect(address()).toBe("/findings?q=is:open"));
    expect(high).not.toBeChecked();
  });
});

describe("triage by keyboard", () => {
  it("moves with j and k, opens with Enter, follows in the peek, closes with Escape", async () => {
    const { user, address } = renderApp("/findings");
    const [first, second] = await rows();
    await user.keyboard("j");
    expect(titleOf(cursor())).toBe(titleOf(first));
    await user.keyboard("{Enter}");
    const peek = await screen.findByRole("complementary", { name: /^Finding fnd_/ });
    expect(
      await within(peek).findByRole("heading", { level: 2, name: titleOf(first) ?? "" }),
    ).toBeInTheDocument();
    await user.keyboard("j");
    expect(
      await within(peek).findByRole("heading", { level: 2, name: titleOf(second) ?? "" }),
    ).toBeInTheDocument();
    await user.keyboard("k{Escape}");
    await waitFor(() => expect(address()).toBe("/findings"));
  });

  it("keeps the focus in the list when a question was answered or given up", async () => {
    const { user } = renderApp("/findings");
    await rows();
    await user.keyboard("j");
    await user.keyboard("d");
    await screen.findByRole("dialog", { name: "Dismiss 1 finding as false positive" });
    await user.keyboard("{Escape}");
    await waitFor(async () => expect(await grid()).toHaveFocus());
  });

  it("comes back from a finding’s page to the filter and the row it left", async () => {
    const { user, address } = renderApp("/findings?q=severity:high");
    await rows();
    await user.keyboard("jjj");
    const title = titleOf(cursor());
    await user.keyboard("o");
    await screen.findByRole("heading", { level: 1, name: "Finding" });
    expect(await screen.findByRole("link", { name: "Back to the list" })).toHaveAttribute(
      "href",
      "/findings?q=severity:high&sort=-priority",
    );
    await user.keyboard("{Escape}");
    await waitFor(() => expect(address()).toBe("/findings?q=severity:high"));
    await rows();
    expect(titleOf(cursor())).toBe(title);
  });

  it("knows the list it came from after a reload, which another person does not", async () => {
    const first = renderApp("/findings?q=severity:high");
    await rows();
    first.unmount();
    const [finding] = mockMemory().findings;
    const second = renderApp(`/findings/${finding?.id}`);
    expect(await screen.findByRole("link", { name: "Back to the list" })).toHaveAttribute(
      "href",
      "/findings?q=severity:high&sort=-priority",
    );
    second.unmount();
    server.use(
      http.get("*/api/v1/auth/me", () =>
        HttpResponse.json(fakeSession({ user: { id: "usr_other", email: "o@acme.example", name: "Other" } })),
      ),
    );
    renderApp(`/findings/${finding?.id}`);
    expect(await screen.findByRole("link", { name: "All findings" })).toHaveAttribute("href", "/findings");
  });

  it("leads from a finding that was opened by its link to the list, not out of the product", async () => {
    const [finding] = mockMemory().findings;
    const { user, address } = renderApp(`/findings/${finding?.id}`);
    await screen.findByRole("heading", { level: 1, name: "Finding" });
    await user.keyboard("{Escape}");
    await waitFor(() => expect(address()).toBe("/findings"));
  });

  it("confirms with c at once, and takes it back with Undo", async () => {
    const { user } = renderApp("/findings?q=triage:open+is:active");
    await rows();
    await user.keyboard("j");
    const title = titleOf(cursor());
    await user.keyboard("c");
    await waitFor(() => expect(within(cursor() as HTMLElement).getByText("Confirmed")).toBeInTheDocument());
    await waitFor(() => expect(findingOf(title)?.triage).toBe("confirmed"));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(findingOf(title)?.triage).toBe("open"));
  });

  it("asks for a reason before it dismisses, and will not go on without one", async () => {
    const { user } = renderApp("/findings?q=triage:open+is:active");
    await rows();
    await user.keyboard("jd");
    const dialog = await screen.findByRole("dialog", { name: "Dismiss 1 finding as false positive" });
    await user.click(within(dialog).getByRole("button", { name: /^Dismiss 1 finding/ }));
    expect(await within(dialog).findByText(/Say why in a few words/)).toBeInTheDocument();
    await user.click(within(dialog).getByRole("button", { name: "Test or example code" }));
    await user.click(within(dialog).getByRole("button", { name: /^Dismiss 1 finding/ }));
    const title = titleOf(cursor());
    await waitFor(() =>
      expect(findingOf(title)).toMatchObject({
        triage: "false_positive",
        triage_reason: "Test or example code",
      }),
    );
  });

  it("puts the row back and says so when the server refuses", async () => {
    server.use(
      http.patch("*/api/v1/findings/:id", () =>
        HttpResponse.json(
          { title: "You may not change this finding", request_id: "req_5" },
          { status: 403, headers: { "content-type": "application/problem+json" } },
        ),
      ),
    );
    const { user } = renderApp("/findings?q=triage:open+is:active");
    await rows();
    await user.keyboard("jc");
    expect(await screen.findByRole("heading", { name: "The change was not saved" })).toBeInTheDocument();
    expect(within(cursor() as HTMLElement).queryByText("Confirmed")).not.toBeInTheDocument();
  });

  it("goes from the filter to the list with Escape, not to the top of the page", async () => {
    const { user } = renderApp("/findings");
    await rows();
    await user.keyboard("/");
    expect(screen.getByRole("combobox", { name: "Filter findings" })).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(screen.getByRole("grid", { name: "Findings" })).toHaveFocus();
  });

  it("selects with x and Shift, and changes what is selected in one job", async () => {
    const { user } = renderApp("/findings?q=triage:open+is:active");
    await rows();
    await user.keyboard("jx{Shift>}JJ{/Shift}");
    const bar = await screen.findByRole("region", { name: "Selected findings" });
    expect(bar).toHaveTextContent("3 selected");
    const titles = (await rows()).slice(0, 3).map((row) => row.getAttribute("aria-selected"));
    expect(titles).toEqual(["true", "true", "true"]);
    await user.keyboard("s");
    await user.click(await screen.findByRole("button", { name: /^In triage/ }));
    await waitFor(() =>
      expect(
        mockMemory().findings.filter(
          (finding) => finding.triage === "in_triage" && mockMemory().history.has(finding.id),
        ),
      ).toHaveLength(3),
    );
    expect(screen.queryByRole("region", { name: "Selected findings" })).not.toBeInTheDocument();
  });

  it("acts on everything that matches by the filter, after saying how many, and takes all of it back", async () => {
    const { user } = renderApp("/findings?q=severity:medium+triage:open+is:active");
    await rows();
    await user.keyboard("jx");
    await user.click(await screen.findByRole("button", { name: /^Select all/ }));
    const total = Number((await grid()).getAttribute("aria-rowcount"));
    const triages = () => mockMemory().findings.map(({ triage }) => triage);
    const before = triages();
    await user.keyboard("c");
    const dialog = await screen.findByRole("dialog", { name: `Confirm ${total} findings` });
    await user.click(within(dialog).getByRole("button", { name: `Confirm ${total} findings` }));
    await waitFor(() => expect(mockMemory().history.size).toBe(total));
    expect(triages()).not.toEqual(before);
    await screen.findByText(`${total} findings: confirmed`);
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(triages()).toEqual(before));
  });

  it("leaves letters alone in a field, and everywhere when a person turned them off", async () => {
    const { user } = renderApp("/findings");
    await rows();
    await user.type(screen.getByRole("combobox", { name: "Filter findings" }), "jjc");
    expect(cursor()).toBeNull();
    await user.keyboard("{Escape}{Escape}");
    const { setPreference } = await import("@/lib/preferences");
    act(() => setPreference("singleKeys", "off"));
    await user.keyboard("j");
    expect(cursor()).toBeNull();
    await user.keyboard("{ArrowDown}");
    expect(cursor()).not.toBeNull();
  });

  it("goes to a place with g, and lists the keys with ?", async () => {
    const { user, address } = renderApp("/findings");
    await rows();
    await user.keyboard("?");
    expect(await screen.findByRole("dialog", { name: "Keyboard" })).toBeInTheDocument();
    await user.keyboard("{Escape}");
    await user.keyboard("gs");
    await waitFor(() => expect(address()).toBe("/scans"));
  });
});

describe("a viewer", () => {
  beforeEach(() => {
    const permissions = ["findings:read", "scans:read", "assets:read"];
    server.use(
      http.get("*/api/v1/auth/me", () =>
        HttpResponse.json({
          user: { id: "usr_v", email: "v@acme.example", name: "Vera" },
          organization: { id: "org_a", name: "Acme" },
          organizations: [],
          role: "viewer",
          permissions,
          csrf_token: null,
        }),
      ),
    );
  });

  it("sees findings but is offered no change", async () => {
    const { user } = renderApp("/findings");
    await rows();
    await user.keyboard("j{Enter}");
    expect(await screen.findByRole("heading", { name: "Why this is one finding" })).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: /^Confirm/ })).not.toBeInTheDocument();
    await user.keyboard("d");
    expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  });
});

describe("one finding", () => {
  it("says why it is one, where it was seen, and takes a comment", async () => {
    const [finding] = mockMemory().findings;
    const { user } = renderApp(`/findings/${finding?.id}`);
    expect(await screen.findByRole("heading", { level: 2, name: finding?.title })).toBeInTheDocument();
    expect(await screen.findByText(/3 scanners name the same problem/)).toBeInTheDocument();
    expect(screen.getByText("release/4.1")).toBeInTheDocument();
    expect(screen.getByText("not tracked")).toBeInTheDocument();
    await user.type(screen.getByLabelText("Comment"), "Reachable from the public API");
    await user.click(screen.getByRole("button", { name: "Add comment" }));
    expect(await screen.findByText(/“Reachable from the public API”/)).toBeInTheDocument();
    expect(await axeProblems()).toEqual([]);
  });

  it("never turns a report's own address into a script link", async () => {
    const { id } = serveBareFinding({
      description: "<img src=x onerror=alert(1)>",
      references: ["javascript:alert(1)", "https://cwe.mitre.org/79"],
    });
    renderApp(`/findings/${id}`);
    expect(await screen.findByText("<img src=x onerror=alert(1)>")).toBeInTheDocument();
    expect(screen.getByRole("link", { name: "cwe.mitre.org/79" })).toBeInTheDocument();
    expect(screen.queryByText(/alert\(1\)$/, { selector: "a *" })).not.toBeInTheDocument();
  });

  it("opens as a sheet where there is no room beside the list", async () => {
    setWidth(390);
    const { user } = renderApp("/findings");
    const [first] = await rows();
    await user.click(within(first as HTMLElement).getByRole("link"));
    expect(await screen.findByRole("dialog", { name: /^Finding fnd_/ })).toBeInTheDocument();
  });

  it("stays the list while rows are selected by their titles", async () => {
    setWidth(390);
    const { user, address } = renderApp("/findings");
    await rows();
    await user.click(screen.getByRole("button", { name: "Select" }));
    const [first] = await rows();
    await user.click(within(first as HTMLElement).getByRole("link"));
    expect(await screen.findByRole("region", { name: "Selected findings" })).toHaveTextContent("1 selected");
    expect(address()).toBe("/findings");
  });
});
