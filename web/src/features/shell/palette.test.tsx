import { screen, waitFor } from "@testing-library/react";
import { delay, HttpResponse, http } from "msw";
import { expect, it } from "vitest";
import { mockMemory, server } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

async function opened(address = "/readiness") {
  const app = renderApp(address);
  await screen.findByRole("heading", { level: 1 });
  await app.user.keyboard("{Control>}k{/Control}");
  return { ...app, box: await screen.findByRole("combobox", { name: "Search or jump to" }) };
}

it("finds an asset by its name", async () => {
  const { user, box, address } = await opened();
  const [asset] = mockMemory().assets;
  await user.type(box, asset?.name ?? "");
  await user.click(await screen.findByRole("option", { name: new RegExp(`^${asset?.name} ?Asset$`) }));
  await waitFor(() => expect(address()).toBe(`/assets/${asset?.id}`));
});

it("opens what an id names, as it stands in a ticket or a terminal", async () => {
  const { user, box, address } = await opened();
  const [scan] = mockMemory().scans;
  await user.type(box, `${scan?.id}{Enter}`);
  await waitFor(() => expect(address()).toBe(`/scans/${scan?.id}`));
});

it("does not open on Enter what was found for other words", async () => {
  const { user, box, address } = await opened();
  await user.type(box, "sql");
  await screen.findAllByRole("option", { name: /SQL/ });
  server.use(
    http.get("*/api/v1/findings", async () => {
      await delay("infinite");
      return HttpResponse.json({});
    }),
  );
  await user.type(box, " built from{Enter}");
  await waitFor(() => expect(address()).toMatch(/^\/findings\?q=sql\+built\+from/));
});

it("has nothing for axe to find", async () => {
  const { user, box } = await opened();
  await user.type(box, "sql");
  await screen.findAllByRole("option", { name: /SQL/ });
  expect(await axeProblems()).toEqual([]);
  await user.keyboard("{Escape}");
});

it("a menu stands within the page's landmark, where a reader comes to it", async () => {
  const { user } = renderApp("/findings");
  await user.click(await screen.findByRole("button", { name: "Views" }));
  const menu = await screen.findByRole("menu");
  expect(screen.getByRole("main")).toContainElement(menu);
});
