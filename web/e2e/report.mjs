// A small SARIF report of three results, made anew for each run so that runs do not meet.

const result = (rule, level, line, text) => ({
  ruleId: rule,
  level,
  message: { text },
  locations: [
    {
      physicalLocation: {
        artifactLocation: { uri: "src/ledger.py" },
        region: { startLine: line, snippet: { text: `query(${line})` } },
      },
    },
  ],
});

export function report(marker) {
  return JSON.stringify({
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Semgrep", version: "1.99.0", rules: [] } },
        results: [
          result(`${marker}.sql-injection`, "error", 12, "SQL is built from request input"),
          result(`${marker}.weak-hash`, "warning", 40, "A weak hash is used"),
          result(`${marker}.assert`, "note", 77, "An assert is used outside of tests"),
        ],
      },
    ],
  });
}
