import { act, screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { setWidth } from "@/testing/mock-server";
import { renderApp } from "@/testing/render-app";

it("makes one step of all that is chosen while it is open: Back takes it away at once", async () => {
  setWidth(390);
  const { user, address, router } = renderApp("/findings?q=is:open");
  await user.click(await screen.findByRole("button", { name: "Facets" }));
  const sheet = within(await screen.findByRole("dialog", { name: "Facets" }));
  await user.click(await sheet.findByRole("checkbox", { name: /^Critical/ }));
  await user.click(sheet.getByRole("checkbox", { name: /^High/ }));
  await waitFor(() => expect(address()).toBe("/findings?q=is:open+severity:critical,high"));
  await user.click(await sheet.findByRole("button", { name: /^Show \d+ findings/ }));
  act(() => router.history.back());
  await waitFor(() => expect(address()).toBe("/findings?q=is:open"));
});
