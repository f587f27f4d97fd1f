import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { Dialog } from "@/ui/dialog";

/** What a browser on a phone asks to close when Back is pressed: the one that was opened last. */
const watchers: Watcher[] = [];
class Watcher {
  onclose: (() => void) | null = null;
  constructor() {
    watchers.push(this);
  }
  destroy() {
    if (watchers.includes(this)) watchers.splice(watchers.indexOf(this), 1);
  }
}
const pressBack = () => act(() => watchers.at(-1)?.onclose?.());

beforeEach(() => {
  vi.stubGlobal("CloseWatcher", Watcher);
  watchers.length = 0;
});

function Opened() {
  const [isOpen, setOpen] = useState(true);
  return (
    <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title="Facets" look="sheet">
      <input aria-label="Why" />
    </Dialog>
  );
}

it("Back on a phone closes it, and the page stays", () => {
  render(<Opened />);
  expect(screen.getByRole("dialog", { name: "Facets" })).toBeInTheDocument();
  pressBack();
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
});

it("closed by other means it leaves Back to the page", async () => {
  render(<Opened />);
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).not.toBeInTheDocument();
  expect(watchers).toEqual([]);
});
