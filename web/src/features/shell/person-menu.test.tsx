import { screen, waitFor } from "@testing-library/react";
import { delay, HttpResponse, http } from "msw";
import { describe, expect, it } from "vitest";
import { csrfHeader } from "@/api/client";
import { fakeSession, fakeUser } from "@/testing/fakes";
import { server } from "@/testing/mock-server";
import { renderApp } from "@/testing/render-app";

const ORGANIZATIONS = [
  { id: "org_acme", name: "Acme", role: "admin" as const },
  { id: "org_globex", name: "Globex", role: "viewer" as const },
];

describe("the account menu", () => {
  it("goes on in another organization with the CSRF token of its new session", async () => {
    const chosen: unknown[] = [];
    server.use(
      http.get("*/api/v1/auth/me", () => HttpResponse.json(fakeSession({ organizations: ORGANIZATIONS })), {
        once: true,
      }),
      // Writes between the answer and the fresh page must not wait for the session to be read again.
      http.get("*/api/v1/auth/me", () => delay("infinite")),
      http.put("*/api/v1/auth/organization", async ({ request }) => {
        chosen.push(await request.json());
        return HttpResponse.json({ user: fakeUser, csrf_token: "token-of-globex" });
      }),
    );
    const { user } = renderApp("/settings/appearance");
    await user.click(await screen.findByRole("button", { name: "Mira Okafor, account" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "Globex" }));
    await waitFor(() => expect(csrfHeader()).toEqual({ "X-CSRF-Token": "token-of-globex" }));
    expect(chosen).toEqual([{ organization: "org_globex" }]);
  });
});
