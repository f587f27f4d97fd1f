import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";
import { forgetViews, shareView } from "@/testing/mock/routes/views";
import { axeProblems, renderApp } from "@/testing/render-app";

beforeEach(forgetViews);

async function opened(address: string) {
  const app = renderApp(address);
  await screen.findByRole("grid", { name: "Findings" });
  return app;
}

it("keeps the present filter and order under a name, and says that it is shown", async () => {
  const { user } = await opened("/findings?q=severity:high&sort=first_seen_at");
  await user.click(screen.getByRole("button", { name: "Views" }));
  await user.click(await screen.findByRole("menuitem", { name: "Save this filter as a view" }));
  const dialog = await screen.findByRole("dialog", { name: "Save as a view" });
  expect(dialog).toHaveTextContent("severity:high");
  await user.type(within(dialog).getByRole("textbox", { name: "Name" }), "High ones{Enter}");
  await screen.findByRole("button", { name: /^High ones ?, saved view$/ });
});

it("shows what others share, and leads to its filter and order", async () => {
  shareView({ name: "Old criticals", q: "severity:critical", sort: "first_seen_at" });
  const { user, address } = await opened("/findings");
  await user.click(await screen.findByRole("button", { name: "Views" }));
  await user.click(await screen.findByRole("menuitemcheckbox", { name: "Old criticals" }));
  await waitFor(() => expect(address()).toBe("/findings?q=severity:critical&sort=first_seen_at"));
  await screen.findByRole("button", { name: /^Old criticals ?, saved view$/ });
});

it("is found by the palette", async () => {
  shareView({ name: "Old criticals", q: "severity:critical", sort: "-priority" });
  const { user, address } = await opened("/findings");
  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByRole("combobox", { name: "Search or jump to" }), "old crit");
  await user.click(await screen.findByRole("option", { name: /^Old criticals/ }));
  await waitFor(() => expect(address()).toBe("/findings?q=severity:critical&sort=-priority"));
});

it("is renamed, refused a name that is taken, shared, and deleted only when that is confirmed", async () => {
  const { user } = await opened("/findings?q=severity:high");
  for (const name of ["One", "Two"]) {
    await user.click(screen.getByRole("button", { name: /^(Views|One)/ }));
    await user.click(await screen.findByRole("menuitem", { name: "Save this filter as a view" }));
    await user.type(await screen.findByRole("textbox", { name: "Name" }), `${name}{Enter}`);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  }
  await user.click(screen.getByRole("button", { name: /saved view/ }));
  await user.click(await screen.findByRole("menuitem", { name: "Rename, share, delete" }));
  await user.click(await screen.findByRole("button", { name: "Rename Two" }));
  const field = screen.getByRole("textbox", { name: "Name of Two" });
  await user.clear(field);
  await user.type(field, "One{Enter}");
  await screen.findByText(/You have a view “One” already/);
  expect(await axeProblems()).toEqual([]);
  await user.clear(field);
  await user.type(field, "Three{Enter}");
  await screen.findByRole("button", { name: "Rename Three" });
  const [first] = screen.getAllByRole("checkbox", { name: "Everybody sees it" });
  await user.click(first as HTMLElement);
  await waitFor(() => expect(screen.getAllByRole("checkbox", { checked: true })).toHaveLength(1));
  await user.click(screen.getByRole("button", { name: "Delete Three" }));
  await screen.findByRole("dialog", { name: "Delete Three" });
  await user.click(screen.getByRole("button", { name: "Delete view" }));
  await screen.findByRole("button", { name: "Rename One" });
  expect(screen.queryByRole("button", { name: "Rename Three" })).toBeNull();
});
