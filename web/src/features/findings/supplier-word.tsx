/** What a supplier states of a finding (VEX), why, and whether that is what decided it. */
import { Link } from "@tanstack/react-router";
import type { FindingDetail, VexStatement } from "@/api/types";
import { VEX_WORD } from "@/lib/words";
import { Chip, type ChipTone } from "@/ui/chip";
import { Time } from "@/ui/time";

const TONE: Record<VexStatement["vex_status"], ChipTone> = {
  not_affected: "dismissed",
  fixed: "fixed",
  under_investigation: "open",
  affected: "confirmed",
};

export function SupplierWord({ vex, presence }: Pick<FindingDetail, "presence"> & { vex: VexStatement }) {
  return (
    <section aria-label="What the supplier states" className="mt-2 rounded-md bg-sunken px-3 py-2 text-xs">
      <p className="flex flex-wrap items-center gap-x-1.5 gap-y-1 [overflow-wrap:anywhere]">
        <span className="font-medium text-strong">{vex.author ?? "The supplier"}</span>{" "}
        <span className="text-muted">states</span>{" "}
        <Chip size="sm" tone={TONE[vex.vex_status]}>
          {VEX_WORD[vex.vex_status]}
        </Chip>{" "}
        {vex.justification && <span>{vex.justification.replaceAll("_", " ")}</span>}
      </p>
      {vex.impact && <p className="mt-1 whitespace-pre-line [overflow-wrap:anywhere]">{vex.impact}</p>}
      {vex.action && (
        <p className="mt-1 whitespace-pre-line [overflow-wrap:anywhere]">
          <span className="text-muted">What to do:</span> {vex.action}
        </p>
      )}
      <p className="mt-1 text-muted [overflow-wrap:anywhere]">
        {effect(vex, presence)} About {vex.vulnerability} in {vex.component ?? vex.product}, stated{" "}
        <Time at={vex.stated_at} /> in{" "}
        <Link to="/scans/$id" params={{ id: vex.scan.id }} className="link">
          <bdi>{vex.scan.name}</bdi>
        </Link>
        .
      </p>
    </section>
  );
}

function effect(vex: VexStatement, presence: FindingDetail["presence"]): string {
  if (vex.decides) return "This decided the state.";
  if (vex.vex_status !== "fixed") return "A person decided otherwise, and that goes before.";
  return presence === "active"
    ? "A scanner still reports it, so the claim decides nothing."
    : "The claim decides nothing.";
}
