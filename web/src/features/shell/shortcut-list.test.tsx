import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { FOOT_PLACES, MAIN_PLACES } from "@/features/shell/places";
import { renderApp } from "@/testing/render-app";

type App = ReturnType<typeof renderApp>;

const row = () => Number(document.querySelector("[data-cursor]")?.getAttribute("aria-rowindex"));
const peek = () => screen.queryByRole("complementary", { name: /^Finding fnd_/ });
const chosen = () => screen.findByText(/^\d+ selected/);
const dialog = (name: RegExp) => screen.findByRole("dialog", { name });

async function list(): Promise<App> {
  const app = renderApp("/findings");
  const grid = within(await screen.findByRole("grid", { name: "Findings" }));
  await waitFor(() => expect(grid.getAllByRole("row")[0]).not.toHaveAttribute("aria-busy"));
  return app;
}

/** What each key of the list does, by the words that the list has for it; each begins at the first row. */
const EFFECTS: Record<string, (app: App) => Promise<unknown>> = {
  "Search and commands": async ({ user }) => {
    await user.keyboard("{Control>}k{/Control}");
    await screen.findByRole("combobox", { name: /search/i });
  },
  "This list": async ({ user }) => {
    await user.keyboard("?");
    await dialog(/^Keyboard$/);
  },
  "Next, previous row": async ({ user }) => {
    await user.keyboard("jjk");
    expect(row()).toBe(2);
  },
  "First, last row": async ({ user }) => {
    await user.keyboard("{End}"); // a row that is not in view is not on the page
    expect(row()).toBeNaN();
    await user.keyboard("{Home}");
    expect(row()).toBe(1);
  },
  "Ten rows up, down": async ({ user }) => {
    await user.keyboard("{PageDown}");
    expect(row()).toBe(11);
    await user.keyboard("{PageUp}");
    expect(row()).toBe(1);
  },
  Select: async ({ user }) => {
    await user.keyboard("x");
    expect(await chosen()).toHaveTextContent("1 selected");
  },
  "Extend the selection": async ({ user }) => {
    await user.keyboard("x{Shift>}JJ{/Shift}");
    expect(await chosen()).toHaveTextContent("3 selected");
  },
  "Open the peek": async ({ user }) => {
    await user.keyboard("{Enter}");
    await waitFor(() => expect(peek()).toBeInTheDocument());
  },
  "Read on in the peek, back": async ({ user }) => {
    await user.keyboard("{Enter}");
    await waitFor(() => expect(peek()).toBeInTheDocument());
    const text = (await screen.findByRole("heading", { name: "Timeline" })).closest("section")
      ?.parentElement as HTMLElement;
    await user.keyboard("[Space]");
    expect(text.scrollTop).toBeGreaterThan(0);
    await user.keyboard("{Shift>}[Space]{/Shift}");
    expect(text.scrollTop).toBe(0);
  },
  "Close, then clear the selection": async ({ user }) => {
    await user.keyboard("x{Enter}");
    await waitFor(() => expect(peek()).toBeInTheDocument());
    await user.keyboard("{Escape}");
    await waitFor(() => expect(peek()).toBeNull());
    await chosen();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByText(/^\d+ selected/)).toBeNull());
  },
  "Dismiss as false positive": async ({ user }) => {
    await user.keyboard("d");
    await dialog(/false positive/i);
  },
  "Accept the risk": async ({ user }) => {
    await user.keyboard("r");
    await dialog(/risk/i);
  },
  "Set the state": async ({ user }) => {
    await user.keyboard("s");
    await dialog(/state/i);
  },
  Assign: async ({ user }) => {
    await user.keyboard("a");
    await dialog(/assign/i);
  },
  Tag: async ({ user }) => {
    await user.keyboard("t");
    await dialog(/^Tag/);
  },
  Confirm: async ({ user }) => {
    await user.keyboard("c");
    await screen.findByRole("button", { name: "Undo" });
  },
  "Undo the last change": async ({ user }) => {
    await user.keyboard("c");
    await screen.findByRole("button", { name: "Undo" });
    await user.keyboard("z");
    await waitFor(() => expect(screen.queryByRole("button", { name: "Undo" })).toBeNull());
  },
  "Filter bar": async ({ user }) => {
    await user.keyboard("/");
    const bar = screen.getByRole("combobox", { name: "Filter findings" });
    expect(bar).toHaveFocus();
    bar.blur();
  },
  "Open the full page": async ({ user, address }) => {
    await user.keyboard("o");
    await waitFor(() => expect(address()).toMatch(/^\/findings\/fnd_/));
  },
};
const PLACES = [...MAIN_PLACES, ...FOOT_PLACES];

describe("the list of keys", () => {
  it("names no key that is not pressed here", async () => {
    const { user } = await list();
    await user.keyboard("?");
    const told = within(await dialog(/^Keyboard$/))
      .getAllByRole("definition")
      .map((does) => does.textContent);
    expect(told.toSorted()).toEqual(
      [...Object.keys(EFFECTS), ...PLACES.map(({ label }) => label)].toSorted(),
    );
  });

  it.each(Object.entries(EFFECTS))("is true of the list of findings: %s", async (_does, press) => {
    const app = await list();
    await app.user.keyboard("{Home}");
    await press(app);
    await app.user.keyboard("{Escape}{Escape}"); // what is left open would hide the next test's page
  });

  it("leads to each place by g and its key", async () => {
    const { user, address } = await list();
    for (const { key, to } of PLACES) {
      await user.keyboard(`g${key}`);
      await waitFor(() => expect(address().split(/[?/]/)[1]).toBe(to.slice(1)));
    }
  });
});
