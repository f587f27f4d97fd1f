import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { axeProblems } from "./render-app";

it("computes who is hidden and how a thing is called as a browser does", () => {
  render(
    <>
      <div hidden>
        <button type="button">Hidden</button>
      </div>
      <div style={{ display: "none" }}>
        <button type="button">Not laid out</button>
      </div>
      <button type="button" title="Mira">
        <span>Mira</span>
        <span>, account</span>
      </button>
    </>,
  );
  expect(screen.getByRole("button", { name: "Mira, account" })).toBeVisible();
  expect(screen.getAllByRole("button")).toHaveLength(1);
  expect(screen.getByText("Hidden")).not.toBeVisible();
  expect(document.head.querySelectorAll("style")).toHaveLength(1);
});

it("has axe find what is wrong", async () => {
  render(
    <>
      <h1>One</h1>
      <h4>Four</h4>
      {/* biome-ignore lint/a11y/useButtonType: what axe shall find is wrong on purpose */}
      <button />
      <input aria-labelledby="nowhere" />
      <div role="grid">
        <span>No row</span>
      </div>
    </>,
  );
  const found = (await axeProblems()).map((problem) => problem.split(":")[0]);
  expect(found).toEqual(["aria-required-children", "button-name", "heading-order", "label"]);
});
