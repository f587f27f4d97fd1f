import { screen, waitFor, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import type { ServiceAccount } from "@/api/types";
import { ago, fakeSession } from "@/testing/fakes";
import { server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

const PATH = "*/api/v1/service-accounts";
const SECRET = {
  id: "sec_1",
  hint: "hbk_9f3kq2mock7e",
  created_at: ago(40),
  expires_at: ago(-326),
  last_used_at: ago(1),
};
const ACCOUNT: ServiceAccount = {
  id: "svc_0h45vp1r6c2k8",
  name: "nightly-uploads",
  role: "member",
  scopes: ["scans:read", "scans:write"],
  is_disabled: false,
  created_at: ago(40),
  secrets: [SECRET],
};

let accounts: ServiceAccount[];
let sent: string[];

beforeEach(() => {
  accounts = [structuredClone(ACCOUNT)];
  sent = [];
  const made = { client_id: ACCOUNT.id, client_secret: "hbk_2newmock8example5only2secret" };
  const noted = async (request: Request) =>
    void sent.push(
      `${request.method} ${new URL(request.url).pathname.slice(24)} ${await request.text()}`.trim(),
    );
  server.use(
    http.get(PATH, () =>
      HttpResponse.json({ items: accounts, next_cursor: null, total: accounts.length, total_is_exact: true }),
    ),
    http.post(PATH, async ({ request }) => {
      await noted(request);
      return HttpResponse.json(made, { status: 201 });
    }),
    http.post(`${PATH}/:id/secrets`, async ({ request }) => {
      await noted(request);
      accounts = accounts.map((each) => ({
        ...each,
        secrets: [{ ...SECRET, id: "sec_2", hint: "hbk_2newmock8exa", last_used_at: null }, ...each.secrets],
      }));
      return HttpResponse.json(made, { status: 201 });
    }),
    http.patch(`${PATH}/:id`, async ({ request }) => {
      const change = (await request.clone().json()) as Partial<ServiceAccount>;
      await noted(request);
      accounts = accounts.map((each) => ({ ...each, ...change }));
      return HttpResponse.json(accounts[0]);
    }),
    http.delete(`${PATH}/:id`, async ({ request }) => {
      await noted(request);
      accounts = [];
      return new HttpResponse(null, { status: 204 });
    }),
    http.delete(`${PATH}/:id/secrets/:secret`, async ({ request, params }) => {
      await noted(request);
      accounts = accounts.map((each) => ({
        ...each,
        secrets: each.secrets.filter((secret) => secret.id !== params.secret),
      }));
      return new HttpResponse(null, { status: 204 });
    }),
  );
});

const dialog = () => within(screen.getByRole("dialog"));

describe("service accounts", () => {
  it("makes one with a role and rights, and shows its secret once", async () => {
    const { user } = renderApp("/settings/service-accounts");
    await user.click(await screen.findByRole("button", { name: "New account" }));
    await user.type(dialog().getByLabelText("Name"), "weekly-report");
    await user.selectOptions(dialog().getByLabelText("Role"), "viewer");
    await user.selectOptions(dialog().getByLabelText("May do"), "read");
    await user.click(dialog().getByRole("button", { name: "Create account" }));
    await screen.findByText("hbk_2newmock8example5only2secret");
    expect(sent).toEqual([
      'POST  {"name":"weekly-report","role":"viewer","scopes":["findings:read","scans:read","assets:read"]}',
    ]);
    await user.click(dialog().getByText("Close"));
    await dialog().findByText(/was not copied/);
    await user.click(dialog().getByText("Close"));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.queryByText("hbk_2newmock8example5only2secret")).toBeNull();
  });

  it("replaces a secret by a second one, after which the first is revoked", async () => {
    const { user } = renderApp("/settings/service-accounts");
    await user.click(await screen.findByRole("button", { name: "Replace the secret of nightly-uploads" }));
    await user.click(await screen.findByRole("button", { name: "Copy secret" }));
    await user.click(dialog().getByText("Close"));
    await screen.findByText("Put the newer one in place, then revoke the older one.");
    expect(screen.queryByRole("button", { name: /^Replace the secret/ })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Revoke hbk_9f3kq2mock7e" }));
    await user.click(dialog().getByRole("button", { name: "Revoke secret" }));
    await waitFor(() => expect(screen.queryByText(/hbk_9f3kq2mock7e/)).toBeNull());
    expect(sent.map((each) => each.split(" ").slice(0, 2).join(" "))).toEqual([
      `POST /${ACCOUNT.id}/secrets`,
      `DELETE /${ACCOUNT.id}/secrets/sec_1`,
    ]);
  });

  it("changes its rights, keeping those that were chosen", async () => {
    const { user } = renderApp("/settings/service-accounts");
    await user.click(await screen.findByRole("button", { name: "Change nightly-uploads" }));
    expect((dialog().getByLabelText("Read scans") as HTMLInputElement).checked).toBe(true);
    await user.click(dialog().getByLabelText("Read findings"));
    await user.click(dialog().getByRole("button", { name: "Save account" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(JSON.parse(sent[0]?.split(" ").slice(2).join(" ") ?? "").scopes).toEqual([
      "findings:read",
      "scans:read",
      "scans:write",
    ]);
  });

  it("disables after asking, and enables at once", async () => {
    const { user } = renderApp("/settings/service-accounts");
    await user.click(await screen.findByRole("button", { name: "Disable nightly-uploads" }));
    await user.click(dialog().getByRole("button", { name: "Disable account" }));
    await user.click(await screen.findByRole("button", { name: "Enable nightly-uploads" }));
    await screen.findByRole("button", { name: "Disable nightly-uploads" });
    expect(sent.map((each) => each.split(" ").at(-1))).toEqual([
      '{"is_disabled":true}',
      '{"is_disabled":false}',
    ]);
  });

  it("deletes only when its name was typed", async () => {
    const { user } = renderApp("/settings/service-accounts");
    await user.click(await screen.findByRole("button", { name: "Delete nightly-uploads" }));
    const button = dialog().getByRole("button", { name: "Delete account" }) as HTMLButtonElement;
    expect(button.disabled).toBe(true);
    await user.type(dialog().getByLabelText("Type nightly-uploads to confirm"), "nightly-uploads");
    await user.click(button);
    await screen.findByRole("heading", { name: "No service accounts" });
    expect(sent).toEqual([`DELETE /${ACCOUNT.id}`]);
  });

  it("shows them to whoever may read people, without a way to change them", async () => {
    server.use(
      http.get("*/api/v1/auth/me", () =>
        HttpResponse.json(fakeSession({ role: "viewer", permissions: ["users:read"] })),
      ),
    );
    renderApp("/settings/service-accounts");
    await screen.findByRole("heading", { name: "nightly-uploads" });
    expect(screen.queryByRole("button", { name: /nightly-uploads|Revoke|New account/ })).toBeNull();
    expect(await axeProblems()).toEqual([]);
  });
});
