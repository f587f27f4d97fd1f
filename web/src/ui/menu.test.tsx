import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

let pages = 0;

/** On a page where no menu has been opened yet: with the module anew, and that one alone, since test files share the rest. */
async function draw(onSelect = () => {}) {
  pages += 1;
  const { Menu, MenuItem }: typeof import("./menu") = await import(/* @vite-ignore */ `./menu?page=${pages}`);
  render(
    <main id="main">
      <Menu trigger={<button type="button">More</button>}>
        <MenuItem onSelect={() => {}} isDisabled>
          Not now
        </MenuItem>
        <MenuItem onSelect={onSelect}>Rename</MenuItem>
      </Menu>
    </main>,
  );
}

it("the button says what it opens before the menu has been fetched", async () => {
  await draw();
  const button = screen.getByRole("button", { name: "More" });
  expect(button).toHaveAttribute("aria-haspopup", "menu");
  expect(button).toHaveAttribute("aria-expanded", "false");
});

it("opens with the first press already, and acts", async () => {
  const user = userEvent.setup();
  const onSelect = vi.fn();
  await draw(onSelect);
  await user.click(screen.getByRole("button", { name: "More" }));
  await user.click(await screen.findByRole("menuitem", { name: "Rename" }));
  expect(onSelect).toHaveBeenCalledOnce();
});

it.each(["{Enter}", " ", "{ArrowDown}"])(
  "by the key %j its first item has the focus, and Escape gives it back",
  async (key) => {
    const user = userEvent.setup();
    await draw();
    await user.tab();
    await user.keyboard(key);
    const item = await screen.findByRole("menuitem", { name: "Rename" });
    await waitFor(() => expect(item).toHaveFocus());
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.getByRole("button", { name: "More" })).toHaveFocus());
  },
);
