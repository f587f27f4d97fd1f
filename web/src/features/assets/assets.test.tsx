import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { tagsOf } from "@/lib/tags";
import { fakeSession } from "@/testing/fakes";
import { mockMemory, server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

const table = () => screen.findByRole("table", { name: "Assets" });
const payments = () => {
  const asset = mockMemory().assets.find((each) => each.name === "payments-api");
  if (!asset) throw new Error("the mock has no payments-api");
  return asset;
};
const openPayments = () => renderApp(`/assets/${payments().id}`);

/** The live region says the same, for those who do not see it. */
const findNotice = (text: string | RegExp) =>
  within(screen.getByRole("region", { name: "Notices" })).findByText(text);

describe("the list of assets", () => {
  it("leads from each count to the findings that it counts", async () => {
    renderApp("/assets");
    const count = within(await table()).getByRole("link", { name: /open findings? on payments-api/ });
    expect(count.getAttribute("href")).toBe("/findings?q=asset:payments-api+is:open");
  });

  it("says aloud how many there are, one as one", async () => {
    const { user } = renderApp("/assets");
    const status = await screen.findByText(`${mockMemory().assets.length} assets`, {
      selector: "[role=status]",
    });
    await user.type(screen.getByRole("searchbox", { name: "Filter assets" }), "payments-api{Enter}");
    await waitFor(() => expect(status).toHaveTextContent(/^1 asset$/));
  });

  it("names the assets that nobody scans", async () => {
    renderApp("/assets?q=ledger");
    expect(within(await table()).getAllByText("Never scanned").length).toBeGreaterThan(0);
  });

  it("filters by tag, and says what is wrong with a filter that it cannot read", async () => {
    const { user } = renderApp("/assets?q=asset.tag:pci");
    const links = within(await table()).getAllByRole("link", { name: /^[a-z-]+$/ });
    const tagged = mockMemory().assets.filter((asset) => asset.tags.includes("pci"));
    expect(links.map((link) => link.textContent).toSorted()).toEqual(
      tagged.map((asset) => asset.name).toSorted(),
    );
    const field = screen.getByRole("searchbox", { name: "Filter assets" });
    await user.clear(field);
    await user.type(field, "epss:1{Enter}");
    await screen.findByText("Assets are not filtered by “epss”");
  });

  it("begins with what is worst, and is put in another order by the address", async () => {
    const { user, address } = renderApp("/assets");
    const first = async () => within(await table()).getAllByRole("row")[1];
    expect((await first())?.textContent).toContain("edge-gateway");
    await user.click(screen.getByRole("radio", { name: "Name" }));
    await waitFor(() => expect(address()).toBe("/assets?sort=name"));
    const names = mockMemory().assets.map((asset) => asset.name);
    const [alphabetically = ""] = names.toSorted((a, b) => a.localeCompare(b));
    await waitFor(async () => expect((await first())?.textContent).toContain(alphabetically));
    await user.click(screen.getByRole("radio", { name: "Worst" }));
    await waitFor(() => expect(address()).toBe("/assets"));
  });

  it("makes an asset and opens it", async () => {
    const { user, address } = renderApp("/assets");
    await user.click(await screen.findByRole("button", { name: "New asset" }));
    await user.type(screen.getByRole("textbox", { name: "Name" }), "web-shop");
    await user.selectOptions(screen.getByLabelText("Kind"), "site");
    await user.type(screen.getByLabelText("Tags"), "shop, pci");
    await user.click(screen.getByRole("button", { name: "Create asset" }));
    await screen.findByRole("heading", { level: 1, name: "web-shop" });
    const made = mockMemory().assets.find((asset) => asset.name === "web-shop");
    expect(address()).toBe(`/assets/${made?.id}`);
    expect(made).toMatchObject({ kind: "site", default_ref: "main", tags: ["shop", "pci"] });
    await screen.findByText("hauberk upload report.sarif --asset web-shop --ref main");
  });

  it("says which field was refused and keeps what was typed", async () => {
    const { user } = renderApp("/assets");
    await user.click(await screen.findByRole("button", { name: "New asset" }));
    await user.type(screen.getByRole("textbox", { name: "Name" }), "payments-api");
    await user.click(screen.getByRole("button", { name: "Create asset" }));
    await screen.findByText("Choose another name.");
    expect(screen.getByRole("textbox", { name: "Name" }).getAttribute("aria-invalid")).toBe("true");
    expect((screen.getByRole("textbox", { name: "Name" }) as HTMLInputElement).value).toBe("payments-api");
    screen.getByText("req_01mock7f3k2q");
  });

  it("gives the command that begins when there is none", async () => {
    mockMemory().assets.length = 0;
    renderApp("/assets");
    await screen.findByRole("heading", { name: "No assets yet" });
    screen.getByText(/^hauberk upload/);
  });

  it("has nothing for axe to find, with and without the form", async () => {
    const { user } = renderApp("/assets");
    await table();
    expect(await axeProblems()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "New asset" }));
    expect(await axeProblems()).toEqual([]);
  });
});

describe("one asset", () => {
  it("shows its newest scans and most urgent findings", async () => {
    openPayments();
    const scans = within(await screen.findByRole("table", { name: "Newest scans" }));
    expect(scans.getByText("+12")).toBeTruthy();
    await screen.findByRole("heading", { name: "Most urgent" });
  });

  it("sends only what was changed", async () => {
    const sent: unknown[] = [];
    server.use(
      http.patch("*/api/v1/assets/:id", async ({ request }) => {
        sent.push(await request.clone().json());
        expect(request.headers.get("x-csrf-token")).toBe("mock-csrf");
        return undefined;
      }),
    );
    const { user } = openPayments();
    await user.click(await screen.findByRole("button", { name: "Edit" }));
    await user.clear(screen.getByRole("textbox", { name: "Name" }));
    await user.type(screen.getByRole("textbox", { name: "Name" }), "payments");
    await user.click(screen.getByRole("button", { name: "Save changes" }));
    await screen.findByRole("heading", { level: 1, name: "payments" });
    expect(sent).toEqual([{ name: "payments" }]);
  });

  it("stops tracking a ref, and takes it back with Undo", async () => {
    const { user } = openPayments();
    const box = await screen.findByRole("checkbox", { name: "Track release/4.2" });
    await user.click(box);
    await findNotice("release/4.2 is not tracked any more");
    const isTracked = () => payments().refs.find((ref) => ref.name === "release/4.2")?.is_tracked;
    expect(isTracked()).toBe(false);
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(isTracked()).toBe(true));
    expect(payments().refs.find((ref) => ref.name === "main")?.is_tracked).toBe(true);
  });

  it("is deleted only after its name was typed", async () => {
    const { user, address } = openPayments();
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    const confirm = screen.getByRole("button", { name: "Delete asset" }) as HTMLButtonElement;
    expect(confirm.disabled).toBe(true);
    await user.type(screen.getByLabelText("Type payments-api to confirm"), "payments-ap");
    expect(confirm.disabled).toBe(true);
    await user.keyboard("i");
    await user.click(confirm);
    await waitFor(() => expect(address()).toBe("/assets"));
    expect(mockMemory().assets.some((asset) => asset.name === "payments-api")).toBe(false);
    await findNotice("payments-api was deleted");
  });

  it("keeps the asset when the server refuses, and says so in the dialog", async () => {
    server.use(
      http.delete("*/api/v1/assets/:id", () =>
        HttpResponse.json(
          { title: "A scan of it is running", request_id: "req_8" },
          { status: 409, headers: { "content-type": "application/problem+json" } },
        ),
      ),
    );
    const { user } = openPayments();
    await user.click(await screen.findByRole("button", { name: "Delete" }));
    await user.type(screen.getByLabelText("Type payments-api to confirm"), "payments-api{Enter}");
    const dialog = within(screen.getByRole("dialog"));
    await dialog.findByText("A scan of it is running");
    dialog.getByText("req_8");
  });

  it("shows what else it is known by, adds to that, and takes it away with Undo", async () => {
    const { user } = openPayments();
    const known = await screen.findByRole("table", { name: "Also known as" });
    within(known).getByText("git.example/acme/payments-api");
    await user.click(screen.getByRole("button", { name: "Add" }));
    await user.type(screen.getByLabelText("Value"), "https://git.example/acme/ledger.git");
    const dialog = screen.getByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Add" }));
    await within(known).findByText("git.example/acme/ledger");
    expect(screen.queryByRole("dialog")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Take away git.example/acme/ledger" }));
    await waitFor(() => expect(within(known).queryByText("git.example/acme/ledger")).toBeNull());
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await within(known).findByText("git.example/acme/ledger");
  });

  it("says what is wrong with an identifier beside its field", async () => {
    const { user } = openPayments();
    await user.click(await screen.findByRole("button", { name: "Add" }));
    await user.selectOptions(screen.getByLabelText("Kind"), "digest");
    await user.type(screen.getByLabelText("Value"), "12");
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Add" }));
    await screen.findByText("That is no digest.");
    expect(await axeProblems()).toEqual([]);
  });

  it("offers no acts to a person who may only read", async () => {
    server.use(
      http.get("*/api/v1/auth/me", () =>
        HttpResponse.json(
          fakeSession({ role: "viewer", permissions: ["findings:read", "scans:read", "assets:read"] }),
        ),
      ),
    );
    openPayments();
    const box = (await screen.findByRole("checkbox", { name: "Track main" })) as HTMLInputElement;
    expect(box.disabled).toBe(true);
    expect(screen.queryByRole("button", { name: "Delete" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
  });

  it("has nothing for axe to find, with and without the question", async () => {
    const { user } = openPayments();
    await screen.findByRole("table", { name: "Newest scans" });
    await screen.findByRole("heading", { name: "Most urgent" });
    expect(await axeProblems()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Delete" }));
    expect(await axeProblems()).toEqual([]);
  });
});

describe("tags", () => {
  it("are split at commas and spaces, each kept once", () => {
    expect(tagsOf(" pci, payments  pci,, ")).toEqual(["pci", "payments"]);
    expect(tagsOf("")).toEqual([]);
  });
});
