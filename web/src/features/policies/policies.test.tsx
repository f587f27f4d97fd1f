import { screen, within } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { beforeEach, describe, expect, it } from "vitest";
import { fakeSession } from "@/testing/fakes";
import { forgetPolicies } from "@/testing/mock/routes/policies";
import { server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

beforeEach(forgetPolicies);

async function add(user: ReturnType<typeof renderApp>["user"], name: string, tags = "") {
  await user.click(await screen.findByRole("button", { name: "New policy" }));
  await user.type(await screen.findByLabelText("Name"), name);
  if (tags !== "") await user.type(screen.getByLabelText("Assets with one of these tags"), tags);
  await user.click(screen.getByRole("button", { name: "Create policy" }));
  return await screen.findByRole("heading", { name });
}

describe("due dates", () => {
  it("begin with nothing due, and the usual days as a start", async () => {
    const { user } = renderApp("/settings/due-dates");
    await screen.findByText("Nothing is due");
    expect(await axeProblems()).toEqual([]);
    await user.click(screen.getByRole("button", { name: "New policy" }));
    const high = await screen.findByLabelText("High");
    expect(high).toHaveValue(30);
    await screen.findByText(/none would be past it/);
    await user.clear(high);
    await user.type(high, "5");
    await screen.findByText("1 would be past it already");
    expect(await axeProblems()).toEqual([]);
    await user.type(screen.getByLabelText("Name"), "General");
    await user.click(screen.getByRole("button", { name: "Create policy" }));
    const row = (await screen.findByRole("heading", { name: "General" })).closest("li") as HTMLElement;
    expect(row).toHaveTextContent("every asset left");
    expect(within(row).getByText("5 days")).toBeVisible();
    expect(await axeProblems()).toEqual([]);
  });

  it("are asked in an order that can be changed", async () => {
    const { user } = renderApp("/settings/due-dates");
    await add(user, "Internet", "internet, payments");
    await add(user, "General");
    const names = () => screen.getAllByRole("heading", { level: 3 }).map((each) => each.textContent);
    expect(names()).toEqual(["Internet", "General"]);
    await user.click(screen.getByRole("button", { name: "Ask General earlier" }));
    await expect.poll(names).toEqual(["General", "Internet"]);
    expect(screen.getByRole("button", { name: "Ask General earlier" })).toBeDisabled();
  });

  it("are taken away only after asking", async () => {
    const { user } = renderApp("/settings/due-dates");
    await add(user, "General");
    await user.click(screen.getByRole("button", { name: "Delete General" }));
    expect(screen.getByRole("dialog")).toHaveTextContent("they have no due date any more");
    await user.click(screen.getByRole("button", { name: "Delete policy" }));
    await screen.findByText("Nothing is due");
  });

  it("are shown to those who may not change them", async () => {
    const permissions = ["findings:read"];
    server.use(http.get("*/api/v1/auth/me", () => HttpResponse.json(fakeSession({ permissions }))));
    renderApp("/settings/due-dates");
    await screen.findByText(/An administrator can make one/);
    expect(screen.queryByRole("button", { name: "New policy" })).toBeNull();
  });
});
