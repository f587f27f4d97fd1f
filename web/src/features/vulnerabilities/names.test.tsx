import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { mockMemory } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

it("takes another name of the flaw, says who said so, and a person's word that it is none", async () => {
  const named = mockMemory().findings.find((each) => /^CVE-/.test(each.vulnerability?.name ?? ""));
  const { user } = renderApp(`/vulnerabilities/${named?.vulnerability?.id}`);
  const heading = await screen.findByRole("heading", { name: "Other names" });
  const section = within(heading.closest("section") as HTMLElement);
  expect(section.getByText("Nobody gave this flaw another name.")).toBeInTheDocument();
  await user.type(section.getByLabelText("Another name of this flaw"), "GHSA-p6mc-m468-83gw");
  await user.click(section.getByRole("button", { name: "Add name" }));
  expect(await section.findByText("GHSA-p6mc-m468-83gw")).toBeInTheDocument();
  expect(section.getByText(/^says /)).toBeInTheDocument();
  expect(await axeProblems()).toEqual([]);
  await user.click(section.getByRole("button", { name: "Not the same" }));
  expect(await section.findByText(/are two flaws/)).toBeInTheDocument();
});
