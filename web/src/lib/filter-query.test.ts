import { describe, expect, it } from "vitest";
import { filterOf } from "@/lib/filter-link";
import {
  chosenValues,
  formatFilter,
  hasToken,
  isChosen,
  parseFilter,
  toggleToken,
  toggleValue,
  withoutToken,
  withToken,
} from "@/lib/filter-query";

describe("the filter as tokens", () => {
  it.each([
    "severity:critical,high is:open",
    'asset:"legacy billing" -tag:accepted-risk',
    "epss>0.5 age>=30d",
    '"sql injection"',
    "log4j severity:critical",
    "path:src/a,b",
    "(severity:low or severity:info) asset:web",
    "not is:open",
    'title "never closed',
  ])("goes to tokens and back without loss: %s", (query) => {
    expect(formatFilter(parseFilter(query))).toBe(query);
  });

  it("reads negation, comparison and quoted values", () => {
    expect(parseFilter('-asset:"a b",c epss>=0.5')).toEqual([
      { type: "key", key: "asset", comparison: ":", isNegated: true, values: ["a b", "c"] },
      { type: "key", key: "epss", comparison: ">=", isNegated: false, values: ["0.5"] },
    ]);
  });

  it("drops a plain and, which means what standing side by side means", () => {
    expect(formatFilter(parseFilter("epss>0.5 and known_exploited:true"))).toBe(
      "epss>0.5 known_exploited:true",
    );
  });

  it("keeps what it cannot take apart as one piece", () => {
    expect(parseFilter("severity:low or is:open")).toEqual([
      { type: "raw", text: "severity:low or is:open" },
    ]);
  });

  it("adds a value to its key, and takes the key away with its last value", () => {
    const both = toggleValue("severity:critical is:open", "severity", "high");
    expect(both).toBe("severity:critical,high is:open");
    expect(toggleValue(both, "severity", "critical")).toBe("severity:high is:open");
    expect(toggleValue("severity:high is:open", "severity", "high")).toBe("is:open");
  });

  it("brackets an or before it adds to it", () => {
    expect(toggleValue("a or b", "severity", "high")).toBe("(a or b) severity:high");
  });

  it("does not mistake a negated key for a chosen value", () => {
    expect(chosenValues("-severity:low severity:high", "severity")).toEqual(["high"]);
    expect(toggleValue("-severity:low", "severity", "low")).toBe("-severity:low severity:low");
  });

  it("keeps is:overdue beside is:open, since a list of values would mean or", () => {
    const both = toggleToken("is:open", "is:overdue");
    expect(both).toBe("is:open is:overdue");
    expect(hasToken(both, "is:overdue")).toBe(true);
    expect(toggleToken(both, "is:overdue")).toBe("is:open");
  });

  it("takes one token out and puts one in", () => {
    expect(withoutToken("a:1 b:2 c:3", 1)).toBe("a:1 c:3");
    expect(withToken("a:1", 'b:"x y"')).toBe('a:1 b:"x y"');
    expect(filterOf("asset", "legacy billing")).toBe('asset:"legacy billing"');
  });

  it("knows a value however it is written, as the server does", () => {
    expect(isChosen("severity:Critical scanner:grype", "severity", "critical")).toBe(true);
    expect(toggleValue("scanner:grype", "scanner", "Grype")).toBe("");
  });
});
