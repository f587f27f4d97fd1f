import { describe, expect, it } from "vitest";
import {
  describeDue,
  formatBytes,
  formatChange,
  formatClock,
  formatDay,
  formatDuration,
  formatNumber,
  formatRelative,
  formatTotal,
  initials,
  plural,
} from "@/lib/format";

const NOW = Date.parse("2026-11-22T12:00:00Z");

describe("numbers", () => {
  it("have narrow spaces in thousands and a true minus", () => {
    expect(formatNumber(1284)).toBe("1\u202f284");
    expect(formatNumber(1234567)).toBe("1\u202f234\u202f567");
    expect(formatNumber(-39)).toBe("\u221239");
  });

  it("show the sign of a change, and that a total is capped", () => {
    expect(formatChange(12)).toBe("+12");
    expect(formatChange(0)).toBe("0");
    expect(formatTotal(10_000, false)).toBe("10\u202f000+");
  });

  it("carry their unit after a space", () => {
    expect(formatBytes(999)).toBe("999 B");
    expect(formatDuration(120)).toBe("< 1 s");
    expect(formatDuration(1_400)).toBe("1 s");
    expect(formatBytes(1_840_331)).toBe("1.8 MB");
    expect(formatBytes(214_000_000)).toBe("214 MB");
    expect(plural(1, "finding")).toBe("1 finding");
    expect(plural(2, "finding")).toBe("2 findings");
  });
});

describe("times", () => {
  it("are relative to now in both directions", () => {
    expect(formatRelative("2026-11-22T11:59:40Z", NOW)).toBe("just now");
    expect(formatRelative("2026-11-22T11:48:00Z", NOW)).toBe("12 min ago");
    expect(formatRelative("2026-11-25T12:00:00Z", NOW)).toBe("in 3 d");
  });

  it("are in years from two on, which nobody counts in days", () => {
    expect(formatRelative("2024-11-24T12:00:00Z", NOW)).toBe("728 d ago");
    expect(formatRelative("2021-04-08T12:00:00Z", NOW)).toBe("5.6 y ago");
    expect(formatRelative("2011-10-01T12:00:00Z", NOW)).toBe("15 y ago");
    expect(describeDue("2023-11-20T12:00:00Z", NOW)?.text).toBe("3.0 y late");
  });

  it("tell the second where lines are read one after the other", () => {
    expect(formatClock("2026-11-22T11:48:07Z")).toMatch(/^\d\d:48:07$/);
  });

  it("say late in a word, soon within seven days, nothing without a date", () => {
    expect(describeDue("2026-11-12T12:00:00Z", NOW)).toEqual({ text: "10 d late", tone: "late" });
    expect(describeDue("2026-11-24T12:00:00Z", NOW)).toEqual({ text: "2 d left", tone: "soon" });
    expect(describeDue("2026-12-24T12:00:00Z", NOW)).toEqual({ text: "32 d left", tone: "calm" });
    expect(describeDue("2026-11-22T09:30:00Z", NOW)).toEqual({ text: "2 h late", tone: "late" });
    expect(describeDue("2026-11-22T11:59:00Z", NOW)).toEqual({ text: "1 h late", tone: "late" });
    expect(describeDue("2026-11-22T20:00:00Z", NOW)).toEqual({ text: "8 h left", tone: "soon" });
    expect(describeDue(null, NOW)).toBeNull();
  });
});

describe("people", () => {
  it("have two letters", () => {
    expect(initials("Mira Okafor")).toBe("MO");
    expect(initials("admin@localhost")).toBe("AD");
  });
});

it("a day of the server's count keeps its name west of Greenwich", () => {
  expect(formatDay("2026-11-28")).toBe("28 Nov");
});
