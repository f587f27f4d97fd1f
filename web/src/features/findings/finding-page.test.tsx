import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { FindingDetail } from "@/api/types";
import { serveBareFinding } from "@/testing/bare-finding";
import { renderApp } from "@/testing/render-app";

async function shown(given: Partial<FindingDetail>): Promise<void> {
  const { id } = serveBareFinding(given);
  renderApp(`/findings/${id}`);
  await screen.findByRole("heading", { level: 2 });
}

const section = (title: string) =>
  screen.queryByRole("heading", { level: 3, name: title })?.closest("section") ?? null;
const firstSeen = (id: string, at: string) => ({
  id,
  at,
  actor: null,
  action: "first_seen",
  detail: { scanner: "TruffleHog", ref: "main" },
});

it("tells once what one scan saw at many places at the same time", async () => {
  const at = "2026-01-10T00:00:00Z";
  await shown({
    history: [
      firstSeen("1", at),
      firstSeen("2", at),
      firstSeen("3", at),
      firstSeen("4", "2026-01-11T00:00:00Z"),
    ],
  });
  const entries = within(section("Timeline") as HTMLElement).getAllByRole("listitem");
  expect(entries).toHaveLength(2);
  expect(entries[0]).not.toHaveTextContent("place");
  expect(entries[1]).toHaveTextContent("First seen by TruffleHog on main, at 3 places");
});

it("does not say again as its description what the title says", async () => {
  await shown({
    title: "Cross Site Scripting (Reflected)",
    description: "Cross Site Scripting  (Reflected).",
  });
  expect(section("What it is")).toBeNull();
});

it("shows the whole of a title that is cut, as its description", async () => {
  const told = "A flaw that is told at length. ".repeat(12).trim();
  await shown({ title: told, description: told });
  expect(section("What it is")).toHaveTextContent(told);
});

it("closes the holes that mark-up leaves in a description", async () => {
  await shown({ description: "One.\r\n \n\n\n\nTwo.\n" });
  expect(section("What it is")?.querySelector("p")?.textContent).toBe("One.\n\nTwo.");
});

it("shows a file's place as the evidence where the component is only the platform it is written for", async () => {
  await shown({
    kind: "iac",
    components: [{ name: "Terraform" }],
    locations: [{ path: "s3.tf", line: 36 }],
  });
  expect(section("Evidence")).toHaveTextContent("s3.tf:36");
  expect(section("Evidence")).not.toHaveTextContent("no fix known");
});

it("shows what the scanner saw beside the package that it names", async () => {
  await shown({
    kind: "infrastructure",
    components: [{ name: "openssh", version: "7.4" }],
    locations: [{ host: "db.example", port: 22, evidence: "SSH-2.0-OpenSSH_7.4" }],
  });
  expect(section("Evidence")).toHaveTextContent("7.4");
  expect(section("Evidence")).toHaveTextContent("SSH-2.0-OpenSSH_7.4");
});

it("leaves out of the details what nobody gave", async () => {
  await shown({ cvss: null, epss: null, identifiers: [], rule_id: null });
  expect(section("Details")).not.toHaveTextContent(/none|CVSS|EPSS|Identifiers|Rule/);
});

it("asks for another state or owner where it shows them, and marks the state that it has", async () => {
  await shown({ triage: "confirmed", presence: "active", assignee: null });
  const user = userEvent.setup();
  await user.click(screen.getByRole("button", { name: "Set the state, now Confirmed" }));
  const dialog = await screen.findByRole("dialog", { name: /^State of 1 finding/ });
  expect(within(dialog).getByRole("button", { name: /^Confirmed/ })).toHaveTextContent("now");
  await user.click(within(dialog).getByRole("button", { name: "Close" }));
  await user.click(screen.getByRole("button", { name: "Assign, now nobody" }));
  expect(await screen.findByRole("dialog", { name: /^Assign 1 finding/ })).toBeInTheDocument();
});
