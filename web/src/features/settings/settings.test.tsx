import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import type { Role } from "@/api/types";
import { readPreferences } from "@/lib/preferences";
import { fakeSession } from "@/testing/fakes";
import { mockMemory, server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";
import { describeAgent } from "./words";

const member = (name: string) => mockMemory().members.find((each) => each.name === name);
const signedInAs = (role: Role, permissions: string[]) =>
  server.use(http.get("*/api/v1/auth/me", () => HttpResponse.json(fakeSession({ role, permissions }))));

/** The live region says the same, for those who do not see it. */
const findNotice = async (text: string | RegExp) =>
  within(await screen.findByRole("region", { name: "Notices" })).findByText(text);

describe("profile", () => {
  it("changes the name everywhere at once", async () => {
    const { user } = renderApp("/settings");
    const name = await screen.findByLabelText("Name");
    await user.clear(name);
    await user.type(name, "Mira O. Okafor");
    await user.click(screen.getByRole("button", { name: "Save name" }));
    await findNotice("Your name was changed");
    expect(mockMemory().user.name).toBe("Mira O. Okafor");
    await screen.findByRole("button", { name: /Mira O\. Okafor, account/ });
  });

  it("says which password is wrong, and empties the form once it was changed", async () => {
    const { user } = renderApp("/settings");
    const present = (await screen.findByLabelText("Present password")) as HTMLInputElement;
    await user.type(present, "wrong");
    await user.type(screen.getByLabelText("New password"), "four plain words here");
    await user.click(screen.getByRole("button", { name: "Change password" }));
    await screen.findByText("This is not your present password.");
    await user.clear(present);
    await user.type(present, "the right one");
    await user.click(screen.getByRole("button", { name: "Change password" }));
    await findNotice(/The password was changed/);
    expect(present.value).toBe("");
  });

  it("leaves the present password out when a person never had one", async () => {
    const sent: unknown[] = [];
    server.use(
      http.post("*/api/v1/auth/password", async ({ request }) => {
        sent.push(await request.json());
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = renderApp("/settings");
    await user.type(await screen.findByLabelText("New password"), "four plain words here");
    await user.click(screen.getByRole("button", { name: "Change password" }));
    await waitFor(() => expect(sent).toEqual([{ new_password: "four plain words here" }]));
  });
});

describe("appearance", () => {
  it("keeps theme, density and single keys on this device", async () => {
    const { user } = renderApp("/settings/appearance");
    await user.click(await screen.findByRole("radio", { name: "Dark" }));
    expect(document.documentElement.dataset.theme).toBe("dark");
    await user.click(screen.getByRole("radio", { name: "Dense" }));
    await user.click(screen.getByRole("radio", { name: "Off" }));
    expect(readPreferences()).toEqual({ theme: "dark", density: "dense", singleKeys: "off" });
    expect(localStorage.getItem("hauberk.singleKeys")).toBe("off");
  });
});

describe("sessions", () => {
  it("signs out of another browser after asking, never of this one", async () => {
    const { user } = renderApp("/settings/sessions");
    await user.click(await screen.findByRole("button", { name: "Sign out of Safari on iPhone" }));
    expect(mockMemory().sessions).toHaveLength(2);
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Sign out" }));
    await findNotice("Signed out of Safari on iPhone");
    expect(mockMemory().sessions.map((session) => session.is_current)).toEqual([true]);
    expect(screen.queryByRole("button", { name: /^Sign out of/ })).toBeNull();
  });
});

describe("API tokens", () => {
  it("are made with chosen rights and an end, and shown once", async () => {
    const { user } = renderApp("/settings/tokens");
    await user.click(await screen.findByRole("button", { name: "New token" }));
    await user.type(screen.getByLabelText("Name"), "nightly");
    await user.selectOptions(screen.getByLabelText("May do"), "chosen");
    await user.click(screen.getByLabelText("Read findings"));
    await user.selectOptions(screen.getByLabelText("Ends"), "30");
    await user.click(screen.getByRole("button", { name: "Create token" }));
    const shown = await screen.findByText("hbk_9f3kq2mock7example4only1token");
    const [made] = mockMemory().tokens;
    expect(made).toMatchObject({ name: "nightly", scopes: ["findings:read"] });
    const days = (Date.parse(made?.expires_at ?? "") - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    await user.click(screen.getByRole("button", { name: "Copy token" }));
    expect(await navigator.clipboard.readText()).toBe(shown.textContent);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByText("hbk_9f3kq2mock7example4only1token")).toBeNull());
    await screen.findByText("nightly");
  });

  it("warn before a token is closed that nobody copied", async () => {
    const { user } = renderApp("/settings/tokens");
    await user.click(await screen.findByRole("button", { name: "New token" }));
    await user.type(screen.getByLabelText("Name"), "nightly{Enter}");
    await screen.findByText("hbk_9f3kq2mock7example4only1token");
    await user.keyboard("{Escape}");
    await screen.findByText(/It was not copied/);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("are revoked after asking", async () => {
    const { user } = renderApp("/settings/tokens");
    await user.click(await screen.findByRole("button", { name: "Revoke ci-uploads" }));
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    expect(mockMemory().tokens).toHaveLength(2);
    await user.click(screen.getByRole("button", { name: "Revoke ci-uploads" }));
    await user.click(screen.getByRole("button", { name: "Revoke token" }));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Revoke ci-uploads" })).toBeNull());
    expect(mockMemory().tokens.map((token) => token.id)).toEqual(["tok_old"]);
  });

  it("give the command when there is none", async () => {
    mockMemory().tokens.length = 0;
    renderApp("/settings/tokens");
    await screen.findByText("hauberk token create ci-uploads --scope scans:write");
  });
});

describe("people", () => {
  it("get another role, with Undo", async () => {
    const { user } = renderApp("/settings/people");
    const [role] = await screen.findAllByLabelText("Role of Ana Kovač");
    await user.selectOptions(role as HTMLElement, "viewer");
    await findNotice("Ana Kovač is now viewer");
    expect(member("Ana Kovač")?.role).toBe("viewer");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(member("Ana Kovač")?.role).toBe("member"));
  });

  it("are disabled after asking and enabled without", async () => {
    const { user } = renderApp("/settings/people");
    const [disable] = await screen.findAllByRole("button", { name: "Disable Ana Kovač" });
    await user.click(disable as HTMLElement);
    expect(member("Ana Kovač")?.is_disabled).toBe(false);
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Disable" }));
    const [enable] = await screen.findAllByRole("button", { name: "Enable Ana Kovač" });
    expect(member("Ana Kovač")?.is_disabled).toBe(true);
    await user.click(enable as HTMLElement);
    await waitFor(() => expect(member("Ana Kovač")?.is_disabled).toBe(false));
  });

  it("cannot shut themselves out", async () => {
    renderApp("/settings/people");
    await screen.findAllByLabelText("Role of Ana Kovač");
    expect(screen.queryByLabelText("Role of Mira Okafor")).toBeNull();
    expect(screen.queryByRole("button", { name: "Disable Mira Okafor" })).toBeNull();
  });

  it("see why a change was refused", async () => {
    server.use(
      http.patch("*/api/v1/users/:id", () =>
        HttpResponse.json(
          { title: "The last administrator stays one", request_id: "req_5" },
          { status: 409, headers: { "content-type": "application/problem+json" } },
        ),
      ),
    );
    const { user } = renderApp("/settings/people");
    const [role] = await screen.findAllByLabelText("Role of Jonas Thiel");
    await user.selectOptions(role as HTMLElement, "member");
    await screen.findByText("The last administrator stays one");
    expect((role as HTMLSelectElement).value).toBe("admin");
  });

  it("are read but not changed by a member, and hidden from a viewer", async () => {
    signedInAs("member", ["users:read"]);
    const first = renderApp("/settings/people");
    await screen.findByRole("table", { name: "People" });
    expect(screen.queryByRole("heading", { name: "Invite" })).toBeNull();
    expect(screen.queryByLabelText(/^Role of/)).toBeNull();
    first.unmount();
    signedInAs("viewer", []);
    renderApp("/settings");
    const sections = await screen.findByRole("navigation", { name: "Settings" });
    expect(within(sections).queryByRole("link", { name: "People" })).toBeNull();
  });
});

describe("invitations", () => {
  it("give a link once, and can be revoked", async () => {
    const { user } = renderApp("/settings/people");
    await user.type(await screen.findByLabelText("E-mail"), "ida@acme.example");
    await user.selectOptions(screen.getByLabelText("Role"), "viewer");
    await user.click(screen.getByRole("button", { name: "Create link" }));
    await screen.findByText("http://127.0.0.1:8000/invitation#token=mock-invitation");
    expect(mockMemory().invitations[0]).toMatchObject({ email: "ida@acme.example", role: "viewer" });
    await user.click(screen.getByRole("button", { name: "Copy link" }));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.click(
      await screen.findByRole("button", { name: "Revoke the invitation of ida@acme.example" }),
    );
    await user.click(screen.getByRole("button", { name: "Revoke invitation" }));
    await findNotice("The invitation of ida@acme.example was revoked");
    expect(mockMemory().invitations.map((each) => each.id)).toEqual(["inv_1"]);
  });
});

describe("every section", () => {
  it.each([
    ["/settings", "Password"],
    ["/settings/appearance", "Appearance"],
    ["/settings/sessions", "Sessions"],
    ["/settings/tokens", "API tokens"],
    ["/settings/service-accounts", "No service accounts"],
    ["/settings/people", "People"],
  ])("%s has nothing for axe to find", async (address, heading) => {
    renderApp(address);
    await screen.findByRole("heading", { level: 2, name: heading });
    await waitFor(() => expect(screen.queryByRole("status", { name: "Loading" })).toBeNull());
    expect(await axeProblems()).toEqual([]);
  });
});

describe("browsers", () => {
  it.each([
    [
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/148.0 Safari/537.36 Edg/148.0",
      "Edge on Windows",
    ],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/19.1 Safari/605.1.15", "Safari on macOS"],
    ["hauberk/0.1.0 python-httpx", "hauberk"],
    [null, "Unknown browser"],
  ])("%s", (agent, name) => {
    expect(describeAgent(agent)).toBe(name);
  });
});

describe("failures", () => {
  const page = (items: unknown[]) =>
    HttpResponse.json({ items, next_cursor: null, total: items.length, total_is_exact: true });

  it("lists what failed for good and sends it on its way again", async () => {
    const retried: string[] = [];
    const job = {
      id: "job_1",
      kind: "ingest.import_scan",
      attempts: 3,
      error: { code: "worker_lost", message: "The worker that ran it was lost." },
      finished_at: new Date().toISOString(),
    };
    server.use(
      http.get("*/api/v1/jobs", () => page(retried.length === 0 ? [job] : [])),
      http.post("*/api/v1/jobs/:id/retry", ({ params }) => {
        retried.push(String(params.id));
        return HttpResponse.json(job);
      }),
    );
    const { user } = renderApp("/settings/failures");
    expect(await screen.findByText("The worker that ran it was lost.")).toBeInTheDocument();
    expect(await axeProblems()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Send ingest.import_scan again" }));
    expect(await screen.findByText("No job has failed")).toBeInTheDocument();
    expect(retried).toEqual(["job_1"]);
  });

  it("shows the quarantine and empties it after asking", async () => {
    let items = [
      {
        id: "qtn_1",
        file_name: "invoice.json",
        size_bytes: 68,
        sha256: "0123456789abcdef",
        code: "malware_signature",
        detail: "The file is the EICAR test file for virus scanners.",
        quarantined_at: new Date().toISOString(),
        deleted_at: new Date().toISOString(),
      },
    ];
    server.use(
      http.get("*/api/v1/quarantine", () => page(items)),
      http.delete("*/api/v1/quarantine/qtn_1", () => {
        items = [];
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = renderApp("/settings/failures");
    await user.click(await screen.findByRole("button", { name: "Delete invoice.json" }));
    await user.click(await screen.findByRole("button", { name: "Delete the file" }));
    expect(await screen.findByText("No file was refused as dangerous")).toBeInTheDocument();
  });
});
