import { screen, waitFor } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { mockMemory, server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

beforeEach(() => {
  mockMemory().isSignedIn = false;
});

const fill = async (user: ReturnType<typeof renderApp>["user"], password: string) => {
  await user.type(await screen.findByLabelText("E-mail"), "mira@acme.example");
  await user.type(screen.getByLabelText("Password"), password);
  await user.click(screen.getByRole("button", { name: "Sign in" }));
};

describe("signing in", () => {
  it("leads a stranger to the form, and back to the page that was asked for", async () => {
    const { user, address } = renderApp("/findings?q=severity:critical");
    await fill(user, "a long passphrase");
    expect(await screen.findByRole("grid", { name: "Findings" })).toBeInTheDocument();
    expect(address()).toBe("/findings?q=severity:critical");
  });

  it("says what was wrong, keeps the e-mail and selects the password", async () => {
    const { user } = renderApp("/sign-in");
    await fill(user, "no");
    expect(await screen.findByRole("alert")).toHaveTextContent("E-mail or password is wrong");
    expect(screen.getByLabelText("E-mail")).toHaveValue("mira@acme.example");
    expect(screen.getByLabelText("Password")).toHaveFocus();
  });

  it("never follows a link off this site", async () => {
    const { user, address } = renderApp("/sign-in?next=//evil.example");
    await fill(user, "a long passphrase");
    await waitFor(() => expect(address()).toBe("/"));
  });

  it("has nothing for axe to find", async () => {
    renderApp("/sign-in");
    await screen.findByLabelText("E-mail");
    expect(await axeProblems()).toEqual([]);
  });
});

describe("the one-time link", () => {
  it("is used by its button only, not by being opened", async () => {
    vi.stubGlobal("location", new URL("#token=one-time", window.location.href));
    const posted = vi.fn();
    server.events.on("request:start", ({ request }) => request.url.includes("/auth/link") && posted());
    const { user, address } = renderApp("/sign-in/link");
    const button = await screen.findByRole("button", { name: "Sign in" });
    expect(posted).not.toHaveBeenCalled();
    await user.click(button);
    await waitFor(() => expect(address()).toBe("/"));
    expect(posted).toHaveBeenCalledOnce();
    server.events.removeAllListeners();
  });

  it("says what to do when it was used before", async () => {
    vi.stubGlobal("location", new URL("#token=used", window.location.href));
    const { user } = renderApp("/sign-in/link");
    await user.click(await screen.findByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("This link was already used");
    expect(screen.getByRole("link", { name: "Sign in with a password" })).toBeInTheDocument();
  });

  it("says when a part of it is missing", async () => {
    renderApp("/sign-in/link");
    expect(await screen.findByRole("heading", { name: "This link is not complete" })).toBeInTheDocument();
  });
});

describe("an invitation", () => {
  it("says where it leads, and shows the server's word on a short password", async () => {
    vi.stubGlobal("location", new URL("#token=inv", window.location.href));
    const { user, address } = renderApp("/invitation");
    expect(await screen.findByRole("heading", { name: "Join Acme" })).toBeInTheDocument();
    expect(screen.getByLabelText("E-mail")).toHaveValue("tomas@acme.example");
    await user.type(screen.getByLabelText("Name"), "Tomas");
    await user.type(screen.getByLabelText("Password"), "short");
    await user.click(screen.getByRole("button", { name: "Create account" }));
    expect(await screen.findByText("At least 15 characters.")).toBeInTheDocument();
    await user.type(screen.getByLabelText("Password"), " but now long enough");
    await user.click(screen.getByRole("button", { name: "Create account" }));
    await waitFor(() => expect(address()).toBe("/"));
  });
});

describe("a session that ends", () => {
  it("is noticed by the next page", async () => {
    server.use(
      http.get("*/api/v1/auth/me", () => HttpResponse.json({ title: "Sign in first" }, { status: 401 })),
    );
    const { address } = renderApp("/scans");
    await screen.findByRole("heading", { name: "Sign in" });
    expect(address()).toBe("/sign-in?next=/scans");
  });
});
