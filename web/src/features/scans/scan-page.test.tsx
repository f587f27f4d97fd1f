import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";
import { fakeScan } from "@/testing/fakes";
import { mockMemory } from "@/testing/mock-server";
import { axeProblems, renderApp } from "@/testing/render-app";

function kept(given: Parameters<typeof fakeScan>[0]): string {
  const scan = fakeScan(given);
  mockMemory().scans.push(scan);
  return scan.id;
}

it("a dry run that the brake would hold says so, what would close, and how to go on", async () => {
  const id = kept({
    dry_run: true,
    held: { reason: "17 of 72 open results (24 %) would close.", would_close: 17, by_severity: { high: 17 } },
  });
  renderApp(`/scans/${id}`);
  const card = await screen.findByRole("region", { name: "Dry run" });
  expect(card).toHaveTextContent("Nothing was changed");
  expect(within(card).getByRole("heading", { name: "It would be held" })).toBeInTheDocument();
  expect(card).toHaveTextContent("17 of 72 open results (24 %) would close.");
  expect(within(card).getByRole("link", { name: "See each of them" })).toHaveAttribute(
    "href",
    `/scans/${id}?change=closed`,
  );
  expect(within(card).getByRole("link", { name: "Send it for good" })).toHaveAttribute("href", "/scans");
  expect(screen.getByRole("region", { name: "Results" })).toHaveTextContent("Would close17");
  expect(await axeProblems()).toEqual([]);
});

it("an undone scan does not call itself done, and leads to what stands now", async () => {
  const id = kept({ undone: { at: new Date().toISOString(), by: { id: "usr_mira", name: "Mira Okafor" } } });
  renderApp(`/scans/${id}`);
  const card = await screen.findByRole("region", { name: "Undone" });
  expect(card).toHaveTextContent("by Mira Okafor");
  expect(card).toHaveTextContent("None of its changes stands any more");
  expect(within(card).getByRole("link", { name: "Scans of this series" })).toHaveAttribute(
    "href",
    "/scans?asset=ast_payments&scanner=trivy",
  );
  expect(screen.queryByText("Done")).not.toBeInTheDocument();
  const results = screen.getByRole("region", { name: "Results" });
  expect(results).toHaveTextContent("as they were counted before it was undone");
  expect(within(results).queryByRole("link"), "its changes are not listed any more").not.toBeInTheDocument();
  expect(await axeProblems()).toEqual([]);
});

it("each number of the results leads to the changes that it counts, and back to all", async () => {
  const id = kept({});
  const { user, address } = renderApp(`/scans/${id}`);
  await user.click(await screen.findByRole("link", { name: /^New 12/ }));
  await waitFor(() => expect(address()).toBe(`/scans/${id}?change=new`));
  await user.click(await screen.findByRole("link", { name: "New 12: list all changes" }));
  await waitFor(() => expect(address()).toBe(`/scans/${id}`));
  expect(screen.queryByRole("link", { name: /^Moved/ }), "nothing to list").not.toBeInTheDocument();
});
