import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { axeProblems, renderApp } from "@/testing/render-app";

it("says that an address leads nowhere within the frame, so that every place is one step away", async () => {
  const { user, address } = renderApp("/no/such/place");
  expect(
    await screen.findByRole("heading", { name: "There is nothing at this address" }),
  ).toBeInTheDocument();
  expect(await axeProblems()).toEqual([]);
  await user.click(screen.getAllByRole("link", { name: "Findings" })[0] as HTMLElement);
  expect(address()).toMatch(/^\/findings/);
});

it("does not offer to try again what is not there, but the way back", async () => {
  renderApp("/findings/fnd_nothing");
  expect(await screen.findByRole("alert")).toBeInTheDocument();
  expect(screen.getByRole("button", { name: "Back" })).toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
  expect(screen.queryByRole("button", { name: "Print" })).not.toBeInTheDocument();
});
