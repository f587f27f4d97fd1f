import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { CopyButton } from "@/ui/copy-button";

it("copies in the old way where the browser has no clipboard for this page, and keeps the focus", async () => {
  const user = userEvent.setup();
  vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("not over http"));
  let copied = "";
  document.execCommand = () => {
    copied = (document.activeElement as HTMLTextAreaElement).value;
    return true;
  };
  render(<CopyButton text="CVE-2021-44228" label="Copy the name" />);
  await user.click(screen.getByRole("button", { name: "Copy the name" }));
  expect(await screen.findByRole("button", { name: "Copied" })).toHaveFocus();
  expect(copied).toBe("CVE-2021-44228");
});

it("does not claim to have copied what the browser refused", async () => {
  const user = userEvent.setup();
  vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("not over http"));
  document.execCommand = () => false;
  render(<CopyButton text="CVE-2021-44228" label="Copy the name" />);
  await user.click(screen.getByRole("button", { name: "Copy the name" }));
  expect(screen.queryByRole("button", { name: "Copied" })).not.toBeInTheDocument();
});
