import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Due } from "@/ui/due";
import { Time } from "@/ui/time";

const DAY = 86_400_000;
const ago = (days: number) => new Date(Date.now() - days * DAY - 1000).toISOString();

/** What a sheet of paper has: `print:` classes are the only ones that these parts are laid out by there. */
function onPaper(element: Element | null): string {
  const copy = element?.cloneNode(true) as Element;
  for (const hidden of copy.querySelectorAll('[class*="print:hidden"]')) hidden.remove();
  return copy.textContent?.trim() ?? "";
}
const dateOf = (at: string) => render(<Time at={at} look="absolute" />).container.textContent ?? "";

it("a relative date is the date alone on paper", () => {
  const at = ago(3);
  const { container } = render(<Time at={at} />);
  expect(screen.getByText("3 d ago")).toBeInTheDocument();
  expect(onPaper(container.querySelector("time"))).toBe(dateOf(at));
});

it("an age keeps its words on paper, with the date beside it", () => {
  const at = ago(3);
  const { container } = render(<Time at={at} look="age" />);
  expect(onPaper(container.querySelector("time"))).toBe(`3 d (${dateOf(at)})`);
});

it("what is late says since when on paper, and to readers", () => {
  const at = ago(5);
  const { container } = render(<Due at={at} />);
  expect(onPaper(container.querySelector("time"))).toBe(`5 d late (${dateOf(at)})`);
});

it("without a date there is nothing to say", () => {
  const { container } = render(<Due at={null} />);
  expect(container).toBeEmptyDOMElement();
});
