import { screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepPlaces } from "@/return-place";
import { renderApp } from "@/testing/render-app";

/** happy-dom lays nothing out: here a page "grows" all the time. */
class Growing {
  private timer: ReturnType<typeof setInterval>;
  constructor(onGrowth: () => void) {
    this.timer = setInterval(onGrowth, 10);
  }
  observe() {}
  disconnect() {
    clearInterval(this.timer);
  }
}
beforeEach(() => {
  vi.stubGlobal("ResizeObserver", Growing);
  vi.stubGlobal("scrollTo", () => {});
});

let stop = () => {};
afterEach(() => stop());

const main = () => document.getElementById("main") as HTMLElement;

/** Down the list of assets, and by a link of it to another page. */
async function leaveTheList() {
  const app = renderApp("/assets");
  stop = keepPlaces(app.router);
  const row = await screen.findByRole("link", { name: "payments-api" });
  main().scrollTop = 420;
  main().dispatchEvent(new Event("scroll"));
  await app.user.click(row);
  await waitFor(() => expect(app.address()).toMatch(/^\/assets\/ast_/));
  await screen.findByRole("heading", { level: 1, name: "payments-api" });
  return app;
}

it("comes back to as far down as the person was, on the link that led away", async () => {
  const { router } = await leaveTheList();
  expect(main().scrollTop).toBe(0);
  router.history.back();
  await waitFor(() => expect(screen.getByRole("link", { name: "payments-api" })).toHaveFocus());
  expect(main().scrollTop).toBe(420);
});

it("the same page opened anew begins at its top", async () => {
  const { router } = await leaveTheList();
  await router.navigate({ to: "/assets" });
  await screen.findByRole("link", { name: "payments-api" });
  expect(main().scrollTop).toBe(0);
});
