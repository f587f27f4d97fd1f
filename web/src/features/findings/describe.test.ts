import { describe, expect, it } from "vitest";
import type { Finding } from "@/api/types";
import { dueOf } from "./describe";

const finding = (change: Partial<Finding>) =>
  ({ presence: "active", triage: "open", due_at: "2020-01-01T00:00:00Z", ...change }) as Finding;

describe("what is late", () => {
  it("is only what waits for somebody: the list finds the same with is:overdue", () => {
    expect(dueOf(finding({}))?.tone).toBe("late");
    expect(dueOf(finding({ triage: "confirmed" }))?.tone).toBe("late");
    expect(dueOf(finding({ presence: "inactive" }))).toBeNull();
    expect(dueOf(finding({ triage: "risk_accepted" }))).toBeNull();
    expect(dueOf(finding({ triage: "false_positive" }))).toBeNull();
  });
});
