import { describe, expect, it } from "vitest";
import type { Finding, FindingDetail } from "@/api/types";
import { inverse } from "./use-triage";

const change = { severity: "low", severity_reason: "Not reachable" } as const;

describe("taking a severity back", () => {
  it("restores what a person had set, with its reason", () => {
    const before = {
      severity: "critical",
      severity_override: { severity: "critical", reason: "Internet-facing", by: null, at: "" },
    } as FindingDetail;
    expect(inverse(change, before)).toEqual({ severity: "critical", severity_reason: "Internet-facing" });
  });

  it("lets the scanner’s word stand again where nobody had set any", () => {
    const nobody = { severity: "high", severity_override: null } as FindingDetail;
    expect(inverse(change, nobody).severity).toBeNull();
    expect(inverse(change, { severity: "high" } as Finding).severity).toBeNull();
  });
});
