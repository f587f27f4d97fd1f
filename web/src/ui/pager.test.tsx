import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { Pager, pageOf } from "./pager";

const button = (name: string) => screen.getByRole("button", { name }) as HTMLButtonElement;

describe("pages", () => {
  it.each([
    ["3", 3],
    [undefined, 1],
    ["0", 1],
    ["-2", 1],
    ["2.5", 1],
    ["two", 1],
    ["201", 201],
    ["202", 1],
  ])("%s in the address is page %d", (text, page) => {
    expect(pageOf(text)).toBe(page);
  });

  it("are not offered when all fits on one", () => {
    render(<Pager page={1} shown={30} total={30} isExact label="assets" onChange={vi.fn()} />);
    expect(screen.queryByRole("navigation")).toBeNull();
  });

  it("end with the last row", () => {
    render(<Pager page={3} shown={20} total={120} isExact label="assets" onChange={vi.fn()} />);
    screen.getByText("101–120 of 120");
    expect(button("Next").disabled).toBe(true);
    expect(button("Previous").disabled).toBe(false);
  });

  it("go on as far as the server counts, and no further", () => {
    const pager = (page: number) => (
      <Pager page={page} shown={50} total={10_000} isExact={false} label="assets" onChange={vi.fn()} />
    );
    const view = render(pager(200));
    expect(button("Next").disabled).toBe(false);
    view.rerender(pager(201));
    expect(button("Next").disabled).toBe(true);
  });
});
