import { screen, within } from "@testing-library/react";
import { expect, it } from "vitest";
import type { FindingDetail, VexStatement } from "@/api/types";
import { serveBareFinding } from "@/testing/bare-finding";
import { axeProblems, renderApp } from "@/testing/render-app";

const STATED: VexStatement = {
  vex_status: "not_affected",
  decides: true,
  vulnerability: "CVE-2024-1001",
  product: "pkg:oci/shop",
  component: "pkg:npm/package-1",
  justification: "vulnerable_code_not_in_execute_path",
  impact: "It is never called.",
  action: null,
  author: "ACME Security",
  stated_at: "2026-01-10T00:00:00Z",
  document_id: "https://acme.example/vex/1",
  document_version: "1",
  scan: { id: "scn_1", name: "acme-vex.json" },
};

async function shown(vex: VexStatement, more: Partial<FindingDetail> = {}): Promise<HTMLElement> {
  const { id } = serveBareFinding({
    presence: "active",
    history: [
      {
        id: "evt_1",
        at: "2026-01-10T00:00:00Z",
        actor: null,
        action: "finding.triaged",
        detail: {
          from: "open",
          to: "false_positive",
          reason: "It is left out.",
          vex: { author: vex.author },
        },
      },
    ],
    vex_status: vex.vex_status,
    vex,
    ...more,
  });
  renderApp(`/findings/${id}`);
  return screen.findByRole("region", { name: "What the supplier states" });
}

it("says who states what and why, once, and leads to the document", async () => {
  const word = await shown(STATED, { triage: "false_positive", triage_reason: "ACME Security states: …" });
  expect(word).toHaveTextContent("ACME Security states Not affected vulnerable code not in execute path");
  expect(word).toHaveTextContent("This decided the state.");
  expect(within(word).getByRole("link", { name: "acme-vex.json" })).toHaveAttribute("href", "/scans/scn_1");
  expect(screen.queryByText("False positive because")).not.toBeInTheDocument();
  expect(screen.getByText("ACME Security", { selector: "li *" })).toBeInTheDocument();
  expect(await axeProblems()).toEqual([]);
});

it("says that a person goes before, and that a claimed fix decides nothing", async () => {
  const word = await shown({ ...STATED, vex_status: "fixed", decides: false });
  expect(word).toHaveTextContent("A scanner still reports it, so the claim decides nothing.");
});

it("says that a person decided otherwise", async () => {
  const word = await shown({ ...STATED, decides: false }, { triage: "confirmed", triage_reason: "Seen it." });
  expect(word).toHaveTextContent("A person decided otherwise, and that goes before.");
  expect(screen.getByText("Seen it.")).toBeInTheDocument();
});
