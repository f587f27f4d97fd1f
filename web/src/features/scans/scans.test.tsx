import { renderHook, screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { afterEach, describe, expect, it } from "vitest";
import { mockMemory, server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";
import { dismissUpload, useUploads } from "./uploads";

const report = (name = "trivy.json", text = '{"Results": []}') =>
  new File([text], name, { type: "application/json" });

afterEach(() => {
  const { result } = renderHook(() => useUploads());
  for (const upload of result.current) dismissUpload(upload.id);
});

describe("sending a report", () => {
  it("shows it come in, then what it changed, with a way to the findings", async () => {
    const { user } = renderApp("/scans");
    await user.upload(await screen.findByLabelText("Report files"), report());
    const card = await screen.findByRole("region", { name: "trivy.json" });
    expect(await within(card).findByRole("list", { name: "Phases" })).toBeInTheDocument();
    expect(await within(card).findByText(/results? read so far/)).toBeInTheDocument();
    await within(card).findByRole("link", { name: "See the findings" }, { timeout: 15_000 });
    expect(card).toHaveTextContent("38 results read");
    expect(card).toHaveTextContent("+5 new");
    expect(within(card).getByRole("link", { name: "See the findings" }).getAttribute("href")).toMatch(
      /^\/findings\?q=scan:scn_\w+\+is:open$/,
    );
  });

  it("does not say that nothing was sent while the first report is read", async () => {
    server.use(
      http.get("*/api/v1/scans", () =>
        HttpResponse.json({ items: [], next_cursor: null, total: 0, total_is_exact: true }),
      ),
    );
    const { user } = renderApp("/scans");
    const list = await screen.findByRole("region", { name: "All scans" });
    expect(await within(list).findByText("No report was sent yet")).toBeInTheDocument();
    await user.upload(screen.getByLabelText("Report files"), report());
    expect(await within(list).findByText("The first report is on its way")).toBeInTheDocument();
    expect(within(list).queryByText("No report was sent yet")).not.toBeInTheDocument();
  });

  it("sends what was said about it, once per file, with its own key", async () => {
    const seen: { asset: unknown; dryRun: unknown; name: string; key: string | null }[] = [];
    server.use(
      http.post("*/api/v1/scans", async ({ request }) => {
        const form = await request.formData();
        seen.push({
          asset: form.get("asset"),
          dryRun: form.get("dry_run"),
          name: (form.get("file") as File).name,
          key: request.headers.get("idempotency-key"),
        });
        return HttpResponse.json({ title: "No room" }, { status: 507 });
      }),
    );
    const { user } = renderApp("/scans");
    await user.type(await screen.findByLabelText("Asset"), "web-checkout");
    await user.click(screen.getByLabelText(/^Dry run/));
    await user.upload(screen.getByLabelText("Report files"), [
      report("a.json"),
      report("b.json"),
      report("c.json"),
    ]);
    await waitFor(() => expect(seen).toHaveLength(3));
    expect(seen.map((each) => each.name).toSorted()).toEqual(["a.json", "b.json", "c.json"]);
    expect(new Set(seen.map((each) => each.key)).size).toBe(3);
    expect(seen[0]).toMatchObject({ asset: "web-checkout", dryRun: "true" });
  });

  it("says why a file was refused and that nothing changed; sending again keeps the key", async () => {
    const keys: (string | null)[] = [];
    server.events.on(
      "request:start",
      ({ request }) => request.method === "POST" && keys.push(request.headers.get("idempotency-key")),
    );
    const { user } = renderApp("/scans");
    await user.upload(await screen.findByLabelText("Report files"), report("holiday.png"));
    const card = await screen.findByRole("region", { name: "holiday.png was not received" });
    expect(within(card).getByRole("alert")).toHaveTextContent("This is not a report that Hauberk reads");
    expect(card).toHaveTextContent("No finding was changed.");
    await user.click(within(card).getByRole("button", { name: "Send again" }));
    await waitFor(() => expect(keys).toHaveLength(2));
    expect(keys[0]).toBe(keys[1]);
    server.events.removeAllListeners();
  });

  it("asks for the format of a file that is not recognised, in words of the page, and sends it as that", async () => {
    const sent: { format: unknown; key: string | null }[] = [];
    server.events.on("request:start", async ({ request }) => {
      if (request.method !== "POST") return;
      const key = request.headers.get("idempotency-key");
      sent.push({ format: (await request.clone().formData()).get("format"), key });
    });
    const { user } = renderApp("/scans");
    await user.upload(await screen.findByLabelText("Report files"), report("scanner.txt"));
    const card = within(await screen.findByRole("region", { name: "scanner.txt was not received" }));
    expect(card.getByRole("alert")).toHaveTextContent("Hauberk does not know this file as a report");
    expect(card.getByRole("alert")).not.toHaveTextContent(/`|api/);
    expect(card.getByRole("link", { name: "described" })).toHaveAttribute("href", "/settings/mappings");
    const again = card.getByRole("button", { name: "Send as this format" });
    expect(again).toBeDisabled();
    await user.selectOptions(card.getByLabelText("Format of this file"), "Semgrep JSON");
    await user.click(again);
    expect(await screen.findByRole("region", { name: "scanner.txt" })).toBeInTheDocument();
    expect(sent.map(({ format }) => format)).toEqual([null, "semgrep-json"]);
    expect(sent[0]?.key).toBe(sent[1]?.key);
    server.events.removeAllListeners();
  });
});

describe("a held scan", () => {
  it("says what would close and why; applying is confirmed and leaves the brake", async () => {
    const { user } = renderApp("/scans");
    const card = await screen.findByRole("region", { name: "Held: semgrep-identity-service.sarif" });
    expect(card).toHaveTextContent("would close 214 open findings");
    expect(card).toHaveTextContent("more than 20 %");
    await user.click(within(card).getByRole("button", { name: "Apply and close 214" }));
    const dialog = await screen.findByRole("dialog", { name: "Close 214 findings" });
    await user.click(within(dialog).getByRole("button", { name: "Apply and close 214" }));
    await waitFor(() => expect(card).not.toBeInTheDocument());
    expect(mockMemory().scans.find((scan) => scan.id === "scn_held")?.state).toBe("done");
  });

  it("is a line to unfold where many are held", async () => {
    const scans = mockMemory().scans;
    const held = scans.find((scan) => scan.id === "scn_held");
    if (held) scans.push({ ...held, id: "scn_held_2", file_name: "two.json" }, { ...held, id: "scn_held_3" });
    const { user } = renderApp("/scans");
    const card = await screen.findByRole("region", { name: "Held: two.json" });
    expect(card).toHaveTextContent("would close 214 open findings");
    expect(within(card).queryByRole("button", { name: "Apply and close 214" })).not.toBeInTheDocument();
    await user.click(within(card).getByRole("button", { name: "Review two.json" }));
    expect(within(card).getByRole("button", { name: "Apply and close 214" })).toBeVisible();
  });

  it("is discarded as easily", async () => {
    const { user } = renderApp("/scans/scn_held");
    await user.click(await screen.findByRole("button", { name: "Discard the closings" }));
    const dialog = await screen.findByRole("dialog", { name: "Discard the closings of this scan" });
    await user.click(within(dialog).getByRole("button", { name: "Discard the closings" }));
    await waitFor(() =>
      expect(mockMemory().scans.find((scan) => scan.id === "scn_held")?.state).toBe("cancelled"),
    );
  });
});

describe("a failed scan", () => {
  it("says what is wrong, where, and that no finding was changed", async () => {
    renderApp("/scans/scn_failed");
    expect(await screen.findByText("The file ends in the middle of result 1 907.")).toBeInTheDocument();
    expect(screen.getByText("line 4812, column 17")).toBeInTheDocument();
    expect(screen.getByText(/No finding was changed/)).toBeInTheDocument();
  });
});

describe("the list of scans", () => {
  it("keeps its filter in the address", async () => {
    const { user, address } = renderApp("/scans");
    await user.click(await screen.findByRole("radio", { name: "Failed" }));
    await waitFor(() => expect(address()).toBe("/scans?state=failed"));
    const table = await screen.findByRole("table", { name: "Scans" });
    await waitFor(() => expect(within(table).getAllByRole("row")).toHaveLength(2));
  });

  it("tells a remark on the whole report from an item that was not read", async () => {
    const { user } = renderApp("/scans");
    const table = await screen.findByRole("table", { name: "Scans" });
    await waitFor(() => expect(within(table).getByText("1 not read")).toBeInTheDocument());
    const row = within(table).getByText("1 remark").closest("tr") as HTMLElement;
    await user.click(within(row).getByRole("link"));
    const panel = await screen.findByRole("region", { name: "The scan" });
    expect(panel).toHaveTextContent("this one changes nothing");
    expect(screen.queryByRole("region", { name: "Not read" })).not.toBeInTheDocument();
  });

  it("finds a format by name", async () => {
    const { user } = renderApp("/scans");
    await user.click(await screen.findByRole("button", { name: "14 scanners" }));
    await user.type(await screen.findByLabelText("Find a format"), "nessus");
    expect(
      screen.getAllByRole("listitem").filter((item) => /Nessus/.test(item.textContent ?? "")),
    ).toHaveLength(2);
    expect(screen.queryByText("Trivy JSON", { selector: "span" })).not.toBeInTheDocument();
  });
});

describe("axe", () => {
  it.each(["/scans", "/scans/scn_held", "/scans/scn_failed"])("finds nothing on %s", async (address) => {
    renderApp(address);
    await screen.findAllByRole("region");
    await waitFor(() => expect(screen.queryByRole("status", { name: "Loading" })).not.toBeInTheDocument());
    expect(await axeProblems()).toEqual([]);
  });
});

describe("a report that was sent in part", () => {
  const part = {
    id: "upl_1",
    file_name: "nessus.xml",
    length: 80_000_000,
    received: 32_000_000,
    created_at: new Date().toISOString(),
    expires_at: new Date().toISOString(),
  };

  it("says how to go on, and can be discarded", async () => {
    const deleted: string[] = [];
    let items = [part];
    server.use(
      http.get("*/api/v1/uploads", () =>
        HttpResponse.json({ items, next_cursor: null, total: items.length, total_is_exact: true }),
      ),
      http.delete("*/api/v1/uploads/:id", ({ params }) => {
        deleted.push(String(params.id));
        items = [];
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = renderApp("/scans");
    const card = await screen.findByRole("region", { name: "nessus.xml was sent in part" });
    expect(card).toHaveTextContent("Choose the same file again");
    expect(await axeProblems()).toEqual([]);
    await user.click(within(card).getByRole("button", { name: /^Discard/ }));
    await user.click(await screen.findByRole("button", { name: "Discard it" }));
    await waitFor(() => expect(card).not.toBeInTheDocument());
    expect(deleted).toEqual(["upl_1"]);
  });
});
