import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import { fakeSession } from "@/testing/fakes";
import { forgetMappings } from "@/testing/mock/routes/mappings";
import { server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

beforeEach(forgetMappings);

describe("a mapping", () => {
  it("shows what it reads of the sample, is saved, and is listed", async () => {
    const { user, address } = renderApp("/settings/mappings");
    await screen.findByText("No mappings");
    await user.click(screen.getByRole("link", { name: "New mapping" }));
    const read = await screen.findByRole("region", { name: "What is read" });
    await within(read).findByText("Reflected script", {}, { timeout: 3_000 });
    expect(read).toHaveTextContent("1 finding");
    expect(read).toHaveTextContent("url https://shop.example.com/search, parameter q");
    expect(await axeProblems()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Save mapping" }));
    const row = await screen.findByRole("link", { name: /Acme Scan/ });
    expect(address()).toBe("/settings/mappings");
    expect(row).toHaveTextContent("mapping:acme-scan");
    expect(await axeProblems()).toEqual([]);
  });

  it("tells each problem with its line, and goes there", async () => {
    const { user } = renderApp("/settings/mappings/new");
    const document = (await screen.findByLabelText("Mapping")) as HTMLTextAreaElement;
    await user.clear(document);
    await user.click(document);
    await user.paste("mapping: 1\nid: x\nfinding:\n  severity: levl\n\n\n\n\nlast: 9\n");
    const problem = await screen.findByRole("button", { name: /finding\.severity/ }, { timeout: 3_000 });
    await user.click(problem);
    expect(document).toHaveFocus();
    expect(document.value.slice(document.selectionStart, document.selectionEnd)).toBe("last: 9");
  });

  it("can be tried by those who may not save it", async () => {
    const permissions = ["scans:read", "scans:write"];
    server.use(http.get("*/api/v1/auth/me", () => HttpResponse.json(fakeSession({ permissions }))));
    renderApp("/settings/mappings/new");
    await screen.findByText(/saving one is for administrators/);
    expect(screen.queryByRole("button", { name: "Save mapping" })).toBeNull();
  });
});
